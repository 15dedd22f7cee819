import './context.ts';
import './legalHold.ts';
import './legalHolds.ts';
import './placeLegalHold.ts';
import './releaseLegalHold.ts';
