// Begins the design system's own scripts. Every page works without any script; these make it quicker.
import { initAll } from "/static/govuk-frontend.min.js";

initAll();
