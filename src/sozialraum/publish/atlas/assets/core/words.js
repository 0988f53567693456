// Words and numbers as the page's language writes them.

const locales = { de: "de-DE", en: "en-GB" };
const space = "\u00a0";
let texts = {};
let locale = locales.de;

function use(data) {
  texts = data.texts;
  locale = locales[data.language] || locales.de;
}

function text(key, values = {}) {
  const template = key in texts ? texts[key] : key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const has = (key) => key in texts;

function number(value, digits = 0) {
  if (value === null || value === undefined) return "–";
  const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return shown.format(value).replace(/^-/, "−");
}

const count = (value) => number(value, Number.isInteger(value) ? 0 : 1);

// English sets the percent sign close, German does not.
function withUnit(written, unit) {
  if (!unit) return written;
  return unit === "%" && locale === locales.en ? written + unit : written + space + unit;
}

const amount = (value, indicator) =>
  value === null || value === undefined ? "–" : withUnit(number(value, indicator.decimals), indicator.unit);

const range = (lower, upper, indicator) =>
  withUnit(
    text("legend.range", { from: number(lower, indicator.decimals), to: number(upper, indicator.decimals) }),
    indicator.unit,
  );

function date(iso) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!parts) return iso;
  const moment = new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3]));
  /** @type {Intl.DateTimeFormatOptions} */
  const style = locale === locales.de
    ? { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }
    : { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(locale, style).format(moment);
}

// One digit more where three would put a value on the wrong side of the level.
function probability(value, alpha = 0.05) {
  if (value === null || value === undefined) return "–";
  if (value < 0.001) return text("p.small", { limit: number(0.001, 3) });
  const digits = Math.abs(value - alpha) < 0.0005 ? 4 : 3;
  return text("p.equal", { value: number(value, digits) });
}

const percent = (value, digits = 0) => withUnit(number(value, digits), "%");
const level = (alpha) => percent(alpha * 100, Number.isInteger(alpha * 100) ? 0 : 1);

// Spellings that differ only in case, accents, blanks or hyphens count as the same.
const plain = (name) =>
  name.toLocaleLowerCase(locale).replace(/ß/g, "ss").normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

const compare = (a, b) => a.localeCompare(b, locale, { numeric: true });

// The only way in which text reaches the page: as text.
function element(tag, properties = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") made.textContent = value;
    else if (name === "class") made.className = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function drawing(tag, properties = {}, children = []) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * An element of the page by its id; which kind it is, the caller knows.
 * @param {string} id
 * @returns {any}
 */
const byId = (id) => document.getElementById(id);

export { byId, use, text, has, number, count, amount, range, date, probability, percent, level, plain, compare, element, drawing };
