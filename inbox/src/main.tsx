import { render } from "preact";
import { App } from "./app.tsx";
import { begin } from "./mail/list-state.ts";
import "./style/all.css";

begin();
render(<App />, document.getElementById("app") as HTMLElement);
