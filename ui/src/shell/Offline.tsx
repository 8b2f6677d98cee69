import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAway } from "../state/reach";
import "./Offline.css";

/** Says that the server does not answer, for as long as it does not. What is on the screen stays. */
export function Offline() {
  const { t } = useTranslation();
  const away = useAway();
  return (
    <div role="status">
      {away && (
        <p className="offline">
          <CloudOff aria-hidden="true" />
          {t("shell.offline")}
        </p>
      )}
    </div>
  );
}
