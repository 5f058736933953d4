// Whether somebody is there for what waits: they say so, and rules go by it.
import { away, setAway, works } from "./desk";
import { t } from "./t";

export function Presence() {
  if (!works.value) return null;
  return (
    <button
      type="button"
      class={`plain small presence ${away.value ? "away" : ""}`}
      aria-label={t(away.value ? "presence.away_label" : "presence.present_label")}
      title={t(away.value ? "presence.away_title" : "presence.present_title")}
      onClick={() => void setAway(!away.value)}
    >
      {t(away.value ? "presence.away" : "presence.present")}
    </button>
  );
}
