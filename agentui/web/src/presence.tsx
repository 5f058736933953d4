// Whether somebody is there for what waits: they say so, and rules go by it.
import { away, setAway, works } from "./desk";

export function Presence() {
  if (!works.value) return null;
  return (
    <button
      type="button"
      class={`plain small presence ${away.value ? "away" : ""}`}
      aria-label={away.value ? "Away: say that you are back" : "Present: say that you are away"}
      title={away.value ? "You are given nothing. Say that you are back" : "Say that you are away: you are given nothing more"}
      onClick={() => void setAway(!away.value)}
    >
      {away.value ? "Away" : "Present"}
    </button>
  );
}
