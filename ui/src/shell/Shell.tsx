import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, startTransition, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../kit/useKeys";
import { Bar } from "./Bar";
import { Offline } from "./Offline";
import "./Shell.css";

const loadPalette = () => import("./Palette");
const Palette = lazy(loadPalette);
const Help = lazy(() => import("./Help"));

/** The frame of every screen: one slim bar, and the screen below it; the palette and the help above all. */
export function Shell() {
  const { t } = useTranslation();
  const [over, setOver] = useState<"palette" | "help" | null>(null);
  const main = useRef<HTMLElement>(null);
  const go = useNavigate();
  const close = () => setOver(null);
  // Without a transition React shows the empty fallback first and holds the palette back for 0.3 s: letters went elsewhere.
  const find = () => startTransition(() => setOver("palette"));
  useKeys(
    t("shell.everywhere"),
    [
      { keys: "Mod+k", label: t("shell.find"), run: find },
      { keys: "/", label: t("shell.search"), run: find },
      { keys: "?", label: t("shell.help"), run: () => setOver("help") },
      { keys: "g e", label: t("shell.goExperiments"), run: () => go({ to: "/" }) },
      { keys: "g m", label: t("shell.goModels"), run: () => go({ to: "/models" }) },
      { keys: "g t", label: t("shell.goTrash"), run: () => go({ to: "/trash" }) },
      { keys: "g s", label: t("shell.goSettings"), run: () => go({ to: "/settings" }) },
    ],
    true,
  );
  useFocusAfterMove(main);
  useEffect(() => {
    // Whoever opens the palette types at once: it must be there by then.
    const timer = setTimeout(loadPalette, 1_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="shell">
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of this page, as links do */}
      <a
        className="shell-skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault(); // the page's <base> would lead the link elsewhere
          main.current?.focus();
        }}
      >
        {t("shell.skip")}
      </a>
      <Bar find={find} help={() => setOver("help")} />
      <Offline />
      <main id="main" ref={main} className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {over === "palette" && <Palette close={close} help={() => setOver("help")} />}
        {over === "help" && <Help close={close} />}
      </Suspense>
    </div>
  );
}

/** Where a move to another screen took what was focused away, the new screen gets the focus. */
function useFocusAfterMove(main: React.RefObject<HTMLElement | null>) {
  const { pathname } = useLocation();
  const first = useRef(pathname);
  useEffect(() => {
    if (first.current === pathname) return;
    first.current = pathname;
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [pathname, main]);
}
