import "./styles/layers.css";
import "./styles/reset.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { fromMlflow } from "./state/mlflow";
import { applySettings, readSettings } from "./state/settings";
import { startWords } from "./words/words";

const old = fromMlflow(location.hash);
if (old) history.replaceState(null, "", document.baseURI + old.slice(1));

const settings = readSettings();
applySettings(settings);
await startWords(settings.language);

const place = document.getElementById("root");
if (place) createRoot(place).render(<App />);
