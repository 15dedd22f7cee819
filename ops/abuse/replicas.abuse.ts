import { describeWithCluster } from '../e2e/harness/cluster.ts';
import { testFloods } from './suite.ts';
import { startReplicas } from './target.ts';

describeWithCluster('floods of two replicas, each on one core with 512 MB, on Redis and MongoDB', () => {
  testFloods(2, startReplicas);
});
