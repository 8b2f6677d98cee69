import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "./Empty";

/** A path that leads nowhere. */
export function Lost() {
  const { t } = useTranslation();
  return (
    <Empty level="h1" icon={<MapPinOff />} title={t("kit.lost")}>
      <p>
        <Link to="/">{t("kit.toStart")}</Link>
      </p>
    </Empty>
  );
}
