// What somebody sets for themselves, in this browser.
import { Icon } from "./icons";
import { refusedByBrowser, wantDesktop, wantSound, wanted } from "./notices";
import { chosen, languages, speak, t } from "./t";

export function Settings() {
  return (
    <>
      <button type="button" class="plain square" aria-label={t("settings")} title={t("settings")} popovertarget="settings">
        <Icon name="bell" />
      </button>
      <div id="settings" popover="auto" role="dialog" aria-label={t("settings")}>
        <h2>{t("notices")}</h2>
        <p class="faint">{t("notices_for")}</p>
        <label class="check">
          <input type="checkbox" checked={wanted.value.desktop} onClick={(e) => void wantDesktop(e.currentTarget.checked)} />
          {t("notice_desktop")}
        </label>
        {refusedByBrowser.value && (
          <p class="bad" role="alert">
            {t("notice_refused")}
          </p>
        )}
        <label class="check">
          <input type="checkbox" checked={wanted.value.sound} onClick={(e) => wantSound(e.currentTarget.checked)} />
          {t("notice_sound")}
        </label>
        <label class="field">
          {t("language")}
          <select value={chosen()} onChange={(e) => speak(e.currentTarget.value)}>
            <option value="">{t("as_browser")}</option>
            {Object.entries(languages).map(([tag, name]) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </>
  );
}
