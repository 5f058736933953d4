// What the demo phones' socket carries; agentui/phone.go and phone_door.go have the same types.

export interface Bubble {
  id: string;
  phone: string; // the customer's number
  mine: boolean; // typed on that phone
  text: string;
  at: number; // Unix ms
  status: "" | "sending" | "sent" | "failed";
  media?: string[];
}

export interface Handset {
  number: string;
  name: string;
}

export interface Start {
  name: string;
  title: string;
}

export type FromServer =
  | { op: "hello"; line: string; brand: string; phones: Handset[]; off: string[]; starts: Start[]; bubbles: Bubble[]; now: number }
  | { op: "bubble"; bubble: Bubble }
  | { op: "switched"; phone: string; off: boolean }
  | { op: "clock"; now: number }
  | { op: "error"; text: string };

export type ToServer =
  | { op: "text"; phone: string; text: string; picture: string }
  | { op: "start"; phone: string; name: string }
  | { op: "turn"; phone: string; off: boolean }
  | { op: "travel"; hours: number };
