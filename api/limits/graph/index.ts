import './context.ts';
import './limitHit.ts';
import './limitHits.ts';
