import './batch.ts';
import './batchInput.ts';
import './batchProgress.ts';
import './cancelBatch.ts';
import './context.ts';
import './deleteBatch.ts';
import './estimateBatch.ts';
import './runBatch.ts';
