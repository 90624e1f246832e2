/** The program in the browser: htmx and a handful of custom elements, each useful alone. */
import "htmx.org";
import "./requests.js";
import "./toasts.js";
import "./theme_choice.js";
import "./navigation.js";
import "./palette.js";
import "./keys.js";
import "./list.js";
import "./peek.js";
import "./record.js";
import "./inline_edit.js";
import "./composer.js";
import "./relative_time.js";
import "./picker.js";
import "./lines.js";
import "./drop_zone.js";
import "./chart.js";
