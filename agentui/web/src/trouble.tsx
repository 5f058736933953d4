// What the server refused, where it was asked for.
import { said } from "./t";
import type { Refusal } from "./console-wire";

export function Trouble({ of }: { of: Refusal | null }) {
  if (of === null) return null;
  return (
    <p class="banner bad" role="alert">
      {said(of)}
    </p>
  );
}
