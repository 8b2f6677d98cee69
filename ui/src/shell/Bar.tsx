import { Link } from "@tanstack/react-router";
import { CircleHelp, Search, Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../kit/IconButton";
import { Keys } from "../kit/Keys";
import { Tooltip } from "../kit/Tooltip";
import { Appearance } from "./Appearance";
import mark from "./mark.svg";
import "./Bar.css";

/** The bar above every screen: where one is, where one may go, and the search that finds everything. */
export function Bar({ find, help }: { find: () => void; help: () => void }) {
  const { t } = useTranslation();
  return (
    <header className="bar">
      <Link to="/" className="bar-name" aria-label={t("shell.home")}>
        <img src={mark} alt="" width="22" height="22" />
        <span className="bar-word">hito</span>
      </Link>
      <nav aria-label={t("shell.navigation")}>
        <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
          {t("shell.experiments")}
        </Link>
        <Link to="/models">{t("shell.models")}</Link>
        <Link to="/trash">{t("shell.trash")}</Link>
      </nav>
      <button type="button" className="bar-find" onClick={find} aria-keyshortcuts="Control+K">
        <Search aria-hidden="true" />
        <span>{t("shell.find")}</span>
        <Keys keys="Mod+k" />
      </button>
      <div className="bar-end">
        <Appearance />
        <IconButton label={t("shell.help")} keys="?" onClick={help} className="bar-help">
          <CircleHelp />
        </IconButton>
        <Tooltip text={t("shell.settings")}>
          <Link to="/settings" className="button plain icon" aria-label={t("shell.settings")}>
            <Settings />
          </Link>
        </Tooltip>
      </div>
    </header>
  );
}
