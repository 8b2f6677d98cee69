import { Link, Outlet } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import { address } from "../api/call";
import { IconButton } from "../kit/IconButton";
import mark from "./mark.svg";
import "./Shell.css";

/** The frame of every screen: one slim bar, and the screen below it. */
export function Shell() {
  const { t } = useTranslation();
  return (
    <div className="shell">
      <a className="shell-skip" href="#main">
        {t("shell.skip")}
      </a>
      <header className="shell-bar">
        <Link to="/" className="shell-name">
          <img src={mark} alt="" width="22" height="22" />
          hito
        </Link>
        <nav aria-label={t("shell.navigation")}>
          <Link to="/" activeOptions={{ exact: true }}>
            {t("shell.experiments")}
          </Link>
          <Link to="/models">{t("shell.models")}</Link>
        </nav>
        <div className="shell-end">
          <Link to="/settings">
            <IconButton label={t("shell.settings")} tabIndex={-1}>
              <Settings />
            </IconButton>
          </Link>
        </div>
      </header>
      <main id="main" className="shell-main" data-root={address("")}>
        <Outlet />
      </main>
    </div>
  );
}
