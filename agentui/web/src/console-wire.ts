// What the console's doors and its socket carry. Written from the Go types by go generate
// ./agentui; not to be edited.

export interface Ways {
  password: boolean;
  oidc: string;
}

export interface Beginning {
  id: string;
  to: string;
  line?: string;
  brand?: string;
  text?: string;
  anyway?: boolean;
  flow?: string;
  inputs?: Record<string, string>;
  language?: string;
}

export interface Begun {
  conversation: string;
  messages: string[];
}

export interface Input {
  name: string;
  type: string;
  required?: boolean;
  secret?: boolean;
  values?: string[];
  default?: string;
}

export interface Startable {
  flow: string;
  title: string;
  inputs: Input[];
}

export interface Session {
  id: string;
  network: string;
  browser: string;
  began_at: number;
  seen_at: number;
  this: boolean;
}

export interface Sessions {
  sessions: Session[];
}

export interface Me {
  name: string;
  role: "agent" | "lead" | "admin" | "auditor";
  totp: boolean;
}

export interface Desk {
  conversation: string;
  line: string;
  phone: string;
  owner: "bot" | "queue" | "agent";
  agent?: string;
  queue?: string;
  reason?: string;
  flow?: string;
  priority?: "" | "code" | "alert" | "notice" | "bulk";
  since: number;
  awaiting?: number;
  snoozed?: number;
  wrote?: number;
  replied?: number;
  given?: number;
  labels?: string[];
  customer?: string;
  text?: string;
  due?: number;
}

export interface Mentioned {
  conversation: string;
  by: string;
  at: number;
  phone: string;
  customer?: string;
}

export interface Desks {
  conversations: Desk[];
  mentions: Mentioned[];
  next?: string;
}

export interface Current {
  rev: number;
  owner_epoch: number;
  owner: "bot" | "queue" | "agent";
  agent?: string;
  snoozed?: number;
}

export interface Handing {
  queue?: string;
  note?: string;
  reason?: string;
  run?: string;
  priority?: "" | "code" | "alert" | "notice" | "bulk";
  since?: number;
  test?: boolean;
}

export interface Variable {
  name: string;
  value: string;
  secret?: boolean;
  answer?: boolean;
}

export interface Live {
  id: string;
  flow: string;
  title?: string;
  state: string;
  key?: string;
  vars: Variable[];
  questions: string[];
  gone?: boolean;
}

export interface Stop {
  code: string;
  detail: string;
  until?: number;
  anyway?: boolean;
}

export interface Media {
  url: string;
  type: string;
}

export interface Decision {
  about: string;
  choice: string;
  why?: string;
  run?: string;
  flow?: string;
  state?: string;
  layer?: string;
  intent?: string;
  score?: number;
  second?: string;
  prompt?: string;
  tokens?: number;
  cost?: number;
  message?: string;
  class?: "" | "code" | "alert" | "notice" | "bulk";
  priority?: number;
  segments?: number;
  due_at?: number;
}

export interface Meant {
  intent: string;
  by: string;
}

export interface Item {
  position: number;
  at: number;
  by: string;
  who?: string;
  text?: string;
  media?: Media[];
  message?: string;
  status?: "queued" | "sending" | "sent" | "delivered" | "failed" | "cancelled" | "superseded" | "expired";
  error?: string;
  resent?: boolean;
  resend?: boolean;
  segments?: number;
  note?: string;
  to?: string;
  since?: number;
  decisions?: Decision[];
  flow?: string;
  meant?: Meant;
}

export interface Thread extends Current {
  id: string;
  line: string;
  phone: string;
  language?: string;
  handoff?: Handing;
  labels: string[];
  runs: Live[];
  stops: Stop[];
  items: Item[];
  before?: number;
}

export interface Consented {
  state: "" | "in" | "out";
  at?: number;
  source?: string;
}

export interface CustomerAccount {
  name: string;
  state: "active" | "alerted" | "locked" | "verifying" | "cooling" | "suspended";
  scopes?: string[];
  cause?: string;
  since?: number;
  shut?: boolean;
  proposed?: string;
  reason?: string;
  unlock_at?: number;
}

export interface Other {
  id: string;
  line: string;
  owner: "bot" | "queue" | "agent";
  flows: string[];
}

export interface End {
  flow: string;
  conversation: string;
  outcome: string;
  at: number;
}

export interface Customer {
  phone: string;
  line: string;
  brand?: string;
  name?: string;
  language?: string;
  timezone?: string;
  tags: string[];
  consent: Consented;
  accounts: CustomerAccount[];
  others: Other[];
  ends: End[];
}

export interface Colleague {
  name: string;
  role: "agent" | "lead" | "admin" | "auditor";
  here: boolean;
  away: boolean;
}

export interface Colleagues {
  colleagues: Colleague[];
}

export interface Away {
  agent?: string;
  away: boolean;
}

export interface Found {
  conversation: string;
  phone: string;
  customer?: string;
  owner: "bot" | "queue" | "agent";
  at: number;
  text?: string;
}

export interface Search {
  found: Found[];
}

export interface SavedReply {
  name: string;
  text: string;
  by: string;
  at: number;
  filled?: string;
  problem?: string;
}

export interface Replies {
  replies: SavedReply[];
}

export interface SecondFactor {
  secret: string;
  uri: string;
}

export interface Command {
  id: string;
  op: string;
  conversation: string;
  if_rev?: number;
  owner_epoch: number;
  text?: string;
  to?: string;
  run?: string;
  state?: string;
  answers?: Record<string, string>;
  labels?: string[];
  priority?: "" | "code" | "alert" | "notice" | "bulk";
  until?: number;
  message?: string;
  anyway?: boolean;
}

export interface Done {
  status: string;
  messages: string[];
}

export interface Refusal {
  code: string;
  detail: string;
  field?: string;
  current?: Current;
}

export interface Waiting {
  queue: string;
  count: number;
  since?: number;
}

export interface FirstResponse {
  answered: number;
  median: number;
  p90: number;
}

export interface ResponseDay extends FirstResponse {
  at: number;
}

export interface Handovers {
  reason: string;
  count: number;
  answered: number;
}

export interface FlowOutcome {
  flow: string;
  outcome: string;
  count: number;
}

export interface CodesSent {
  purpose: string;
  sent: number;
  approved: number;
}

export interface OptOuts {
  at: number;
  count: number;
}

export interface Numbers {
  from: number;
  to: number;
  at: number;
  waiting: Waiting[];
  response: FirstResponse;
  days: ResponseDay[];
  handovers: Handovers[];
  outcomes: FlowOutcome[];
  codes: CodesSent[];
  codes_from: number;
  opt_outs: OptOuts[];
}

export interface GraphNode {
  id: string;
  label: string;
  kind: "start" | "any" | "question" | "parked" | "handoff" | "end" | "plain";
  state?: string;
  says?: string;
}

export interface GraphEdge {
  from: string;
  to: string;
  label: string;
}

export interface Graph {
  name: string;
  title: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface Pictured {
  run: string;
  graph: Graph;
  at: string;
  been: string[];
}

export interface Pictures {
  runs: Pictured[];
}

export interface FlowName {
  name: string;
  title?: string;
}

export interface FlowNames {
  flows: FlowName[];
}

export interface StateCount {
  state: string;
  reached: number;
  last: number;
  outcomes: FlowOutcome[];
  gone?: boolean;
}

export interface FlowNumbers {
  graph: Graph;
  runs: number;
  states: StateCount[];
  outcomes: FlowOutcome[];
  part?: boolean;
}

export interface Meanable {
  flow: string;
  title: string;
  intents: string[];
}

export interface ListView {
  name: string;
  which: string;
  queue?: string;
  label?: string;
  priority?: "" | "code" | "alert" | "notice" | "bulk";
  flow?: string;
}

export interface ListViews {
  views: ListView[];
}

export interface Hello {
  me: string;
  role: "agent" | "lead" | "admin" | "auditor";
  epoch: string;
  head: number;
  hb_s: number;
}

export interface Happening {
  seq: number;
  conv: string;
  rev: number;
  type: "text" | "trigger" | "message" | "end_run" | "timer" | "sent" | "failed" | "opt_out" | "unknown" | "result" | "agent" | "code" | "verified" | "poisoned";
}

export interface Look {
  conv: string;
  agent: string;
  typing: boolean;
  ttl_ms: number;
}

export interface Resync {
  reason: string;
  epoch: string;
  head: number;
}

export interface Following {
  head: number;
}

export type Op = "close" | "label" | "note" | "priority" | "release" | "reply" | "resend" | "return" | "snooze" | "take" | "transfer";
