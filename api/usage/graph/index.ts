import './context.ts';
import './quota.ts';
import './setUserQuota.ts';
import './storage.ts';
import './usage.ts';
import './usageByUser.ts';
