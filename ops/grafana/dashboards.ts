/** The dashboards, as data. `printDashboards.ts` writes them as Grafana's JSON. */

/** One line, or several, of a panel: an expression in PromQL, and its legend in Grafana's form. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What a high or low value means. */
  readonly description: string;
  /** A unit of Grafana, such as `s`, `reqps`, `bytes`. */
  readonly unit: string;
  /** Default: a time series. */
  readonly type?: 'timeseries' | 'stat';
  readonly queries: readonly Query[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const quantiles = (metric: string, by: string, legend: string): readonly Query[] =>
  [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: `p${quantile * 100} ${legend}`.trim(),
  }));

const rate = (metric: string, by: string, legend: string): Query => ({
  expr: `sum by (${by}) (rate(${metric}[$__rate_interval]))`,
  legend,
});

const overview: Dashboard = {
  uid: 'ziggie-overview',
  title: 'Ziggie: overview',
  panels: [
    {
      title: 'Servers',
      description:
        'Servers that Prometheus reaches, and running replicas. Fewer than you started: see ZiggieDown.',
      unit: 'none',
      type: 'stat',
      queries: [
        { expr: 'sum(up{job="ziggie"})', legend: 'reachable' },
        { expr: 'max(ziggie_replicas)', legend: 'replicas' },
      ],
    },
    {
      title: 'Dependencies',
      description:
        'Store and coordination: 1 if they answer every server. Engine: 1 if at least one server has a ready one. 0: see ZiggieStoreDown, ZiggieCoordinationDown, ZiggieEngineDown.',
      unit: 'none',
      type: 'stat',
      queries: [
        { expr: 'min by (dependency) (ziggie_dependency_up)', legend: '{{dependency}}' },
        { expr: 'max(ziggie_engine_ready)', legend: 'engine' },
      ],
    },
    {
      title: 'Requests',
      description: 'HTTP requests per second by surface.',
      unit: 'reqps',
      queries: [rate('ziggie_http_requests_total', 'surface', '{{surface}}')],
    },
    {
      title: 'Errors of requests',
      description: 'Responses with status 4xx and 5xx per second. 499: the client disconnected.',
      unit: 'reqps',
      queries: [
        rate('ziggie_http_requests_total{status=~"[45].."}', 'surface, status', '{{surface}} {{status}}'),
      ],
    },
    {
      title: 'Duration of requests',
      description: 'Without streams, which last as long as their answers.',
      unit: 's',
      queries: quantiles('ziggie_http_request_duration_seconds', 'surface', '{{surface}}'),
    },
    {
      title: 'GraphQL operations',
      description: 'Operations per second by type, transport and result.',
      unit: 'ops',
      queries: [
        rate(
          'ziggie_graphql_operations_total',
          'type, transport, result',
          '{{type}} {{transport}} {{result}}',
        ),
      ],
    },
    {
      title: 'GraphQL errors',
      description: 'Errors per second by code.',
      unit: 'ops',
      queries: [rate('ziggie_graphql_errors_total', 'code', '{{code}}')],
    },
    {
      title: 'Reached limits',
      description: 'Rejections per second by limit, and by resource for CALLER_LIMITS.',
      unit: 'ops',
      queries: [
        rate('ziggie_limits_reached_total', 'limit', '{{limit}}'),
        rate('ziggie_budget_refusals_total', 'resource, holder', '{{resource}} {{holder}}'),
      ],
    },
    {
      title: 'Sockets and subscriptions',
      description: 'Open now, by server.',
      unit: 'none',
      queries: [
        { expr: 'ziggie_sockets', legend: 'sockets {{instance}}' },
        { expr: 'ziggie_readers', legend: 'subscriptions {{instance}}' },
      ],
    },
    {
      title: 'Versions',
      description: 'Servers by version. During an upgrade, two versions are shown.',
      unit: 'none',
      type: 'stat',
      queries: [{ expr: 'count by (version) (ziggie_build_info)', legend: '{{version}}' }],
    },
  ],
};

const generations: Dashboard = {
  uid: 'ziggie-generations',
  title: 'Ziggie: answers',
  panels: [
    {
      title: 'Answers',
      description: 'Answers that ended per second, by model and status.',
      unit: 'ops',
      queries: [rate('ziggie_generations_total', 'model, status', '{{model}} {{status}}')],
    },
    {
      title: 'Queue',
      description: 'Answers that wait for a slot, and those that run.',
      unit: 'none',
      queries: [
        { expr: 'max(ziggie_queue_waiting)', legend: 'waiting' },
        { expr: 'sum(ziggie_engine_running{operation="generate"})', legend: 'running' },
        { expr: 'max(ziggie_engine_slots)', legend: 'slots' },
      ],
    },
    {
      title: 'Age of the oldest queued answer',
      description:
        'Answers fail after QUEUE_TTL_S. Without those in the background, such as inputs of batches.',
      unit: 's',
      queries: [{ expr: 'max(ziggie_queue_oldest_age_seconds)', legend: 'oldest' }],
    },
    {
      title: 'Time in the queue',
      description: 'From the request to the claim by a worker.',
      unit: 's',
      queries: quantiles('ziggie_queue_duration_seconds', '', ''),
    },
    {
      title: 'Time to the first token',
      description: 'From the claim by a worker. Includes loading the model.',
      unit: 's',
      queries: quantiles('ziggie_time_to_first_token_seconds', 'model', '{{model}}'),
    },
    {
      title: 'Time between tokens',
      description: 'The mean of each answer. 0.1 s are ten tokens per second.',
      unit: 's',
      queries: quantiles('ziggie_time_per_output_token_seconds', 'model', '{{model}}'),
    },
    {
      title: 'Duration of answers',
      description: 'From the claim by a worker to the end.',
      unit: 's',
      queries: quantiles('ziggie_generation_duration_seconds', 'model', '{{model}}'),
    },
    {
      title: 'Tokens',
      description: 'Prompt and completion tokens per second.',
      unit: 'none',
      queries: [rate('ziggie_tokens_total', 'kind, model', '{{kind}} {{model}}')],
    },
    {
      title: 'Response cache',
      description: 'Lookups per second by result.',
      unit: 'ops',
      queries: [rate('ziggie_cache_lookups_total', 'result', '{{result}}')],
    },
    {
      title: 'Calls of tools',
      description: 'Per second, by tool and outcome.',
      unit: 'ops',
      queries: [rate('ziggie_tool_calls_total', 'tool, outcome', '{{tool}} {{outcome}}')],
    },
    {
      title: 'Inputs of batches',
      description: 'Per second, by outcome. Released ones are run again.',
      unit: 'ops',
      queries: [rate('ziggie_batch_inputs_total', 'outcome', '{{outcome}}')],
    },
    {
      title: 'Unfinished batches',
      description: 'Running batches and their unfinished inputs.',
      unit: 'none',
      queries: [{ expr: 'max by (kind) (ziggie_batches_unfinished)', legend: '{{kind}}' }],
    },
    {
      title: 'Requests to engines',
      description: 'Per second, by backend and outcome.',
      unit: 'reqps',
      queries: [
        rate(
          'ziggie_engine_requests_total',
          'backend, operation, outcome',
          '{{backend}} {{operation}} {{outcome}}',
        ),
      ],
    },
  ],
};

const capacity: Dashboard = {
  uid: 'ziggie-capacity',
  title: 'Ziggie: capacity',
  panels: [
    {
      title: 'Use of the slots',
      description: 'Share of the slots of the engines that are in use. Above 80 % for hours: add an engine.',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum(ziggie_engine_running{operation="generate"}) / max(ziggie_engine_slots)',
          legend: 'in use',
        },
      ],
    },
    {
      title: 'Memory of models',
      description: 'On GPUs and in all. A difference means that layers run on the CPU.',
      unit: 'bytes',
      queries: [
        { expr: 'max by (model) (ziggie_engine_model_vram_bytes)', legend: 'GPU {{model}}' },
        { expr: 'max by (model) (ziggie_engine_model_memory_bytes)', legend: 'all {{model}}' },
      ],
    },
    {
      title: 'Event loop delay',
      description: 'Above 0.5 s a server is too busy: add a replica.',
      unit: 's',
      queries: [
        { expr: 'nodejs_eventloop_lag_p99_seconds', legend: 'p99 {{instance}}' },
        { expr: 'nodejs_eventloop_lag_p50_seconds', legend: 'p50 {{instance}}' },
      ],
    },
    {
      title: 'CPU',
      description: 'Seconds of CPU per second, by server. One server uses little more than one core.',
      unit: 'none',
      queries: [rate('process_cpu_seconds_total', 'instance', '{{instance}}')],
    },
    {
      title: 'Memory',
      description: 'Resident memory and heap by server.',
      unit: 'bytes',
      queries: [
        { expr: 'process_resident_memory_bytes{job="ziggie"}', legend: 'resident {{instance}}' },
        { expr: 'nodejs_heap_size_used_bytes', legend: 'heap {{instance}}' },
      ],
    },
    {
      title: 'Calls of the store',
      description: 'Duration of calls of the database by store (users, messages, …).',
      unit: 's',
      queries: quantiles('ziggie_store_call_duration_seconds', 'store', '{{store}}'),
    },
    {
      title: 'Calls of Redis',
      description: 'Duration by adapter.',
      unit: 's',
      queries: quantiles('ziggie_adapter_call_duration_seconds', 'adapter', '{{adapter}}'),
    },
    {
      title: 'Errors of dependencies',
      description: 'Failed calls per second.',
      unit: 'ops',
      queries: [
        rate('ziggie_store_errors_total', 'store', 'store {{store}}'),
        rate('ziggie_adapter_errors_total', 'adapter', 'redis {{adapter}}'),
      ],
    },
    {
      title: 'Held by callers',
      description: 'Sockets, streams, operations and buffered bytes, by kind of caller.',
      unit: 'none',
      queries: [
        { expr: 'sum by (resource, holder) (ziggie_budget_held)', legend: '{{resource}} {{holder}}' },
      ],
    },
  ],
};

export const dashboards: readonly Dashboard[] = [overview, generations, capacity];
