// Words and numbers as the page's language writes them.

const locales = { de: "de-DE", en: "en-GB" };
const space = "\u00a0";
let texts = {};
let locale = locales.de;

function use(data) {
  texts = data.texts;
  locale = locales[data.language] || locales.de;
}

// {count:one|many} or {count:none|one|many}: what is said of a number follows it; # stands for the number itself.
function told(number, forms) {
  const [none, one, many] = forms.length > 2 ? forms : [forms[1], ...forms];
  return (number === "0" ? none : number === "1" ? one : many).replace("#", number);
}

function text(key, values = {}) {
  const template = (key in texts ? texts[key] : key).replace(/\{(\w+):([^{}]*)\}/g,
    (whole, name, forms) => (name in values ? told(String(values[name]), forms.split("|")) : whole));
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const has = (key) => key in texts;

// Making a format costs a hundred times what using it costs.
const formats = new Map();
function format(digits) {
  const key = `${locale} ${digits}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return formats.get(key);
}

function number(value, digits = 0) {
  if (value === null || value === undefined) return "–";
  return format(digits).format(value).replace(/^-/, "−");
}

// Small numbers are words in a sentence, capital at its beginning.
function inWords(value, { first = false } = {}) {
  const known = text("headline.number").split("|");
  const told = value in known ? known[value] : number(value);
  return first ? told.charAt(0).toLocaleUpperCase(locale) + told.slice(1) : told;
}
const districtsTold = (value) => (value === 1 ? text("headline.district")
  : text("headline.districts", { count: inWords(value, { first: true }) }));

const count = (value) => number(value, Number.isInteger(value) ? 0 : 1);

// English sets the percent sign close, German does not.
function withUnit(written, unit) {
  if (!unit) return written;
  return unit === "%" && locale === locales.en ? written + unit : written + space + unit;
}

const amount = (value, indicator) =>
  value === null || value === undefined ? "–" : withUnit(number(value, indicator.decimals), indicator.unit);

// The difference of two shares is in percentage points, never in per cent.
const differenceUnit = (unit) => (unit === "%" ? text("unit.points") : unit);
const difference = (value, indicator) =>
  withUnit(number(value, indicator.decimals), differenceUnit(indicator.unit));

const range = (lower, upper, indicator) =>
  withUnit(
    text("legend.range", { from: number(lower, indicator.decimals), to: number(upper, indicator.decimals) }),
    indicator.unit,
  );

// What a date is the last day of, where it is no reference date; "" where indicators mean different periods by it.
const periods = new Map();
function tellPeriods(indicators) {
  periods.clear();
  for (const slice of indicators.flatMap((indicator) => indicator.slices)) {
    const told = slice.period || "";
    periods.set(slice.date, periods.has(slice.date) && periods.get(slice.date) !== told ? "" : told);
  }
}

const dates = new Map();
/**
 * @param {string} iso
 * @param {Indicator | null} [indicator] whose date it is; without one, the date of all of them
 */
function date(iso, indicator) {
  // The whole picture stands where an indicator stands, and has no slices of its own.
  const slice = indicator?.slices?.find((one) => one.date === iso);
  const period = slice ? slice.period : periods.get(iso);
  if (period) return period;
  const key = `${locale} ${iso}`;
  if (!dates.has(key)) dates.set(key, dateTold(iso));
  return dates.get(key);
}

function dateTold(iso) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!parts) return iso;
  const moment = new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3]));
  /** @type {Intl.DateTimeFormatOptions} */
  const style = locale === locales.de
    ? { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }
    : { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(locale, style).format(moment);
}

// A sheet's cell may hold a day as its office writes it.
const spelledDays = (written) =>
  written.replace(/\b(\d\d)\.(\d\d)\.(\d{4})\b/g, (_, day, month, year) => dateTold(`${year}-${month}-${day}`));

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
function plain(name) {
  // Most names have no letter that would need it.
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return name.toLocaleLowerCase(locale).replace(/ß/g, "ss").normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
}

// "Südring" is also looked for as "suedring".
const spelled = (name) => (/^[\x20-\x7e]*$/.test(name) ? plain(name) : umlauts(name));
const umlauts = (name) => plain(name.toLocaleLowerCase(locale).replace(/[äöü]/g, (letter) => `${{ ä: "a", ö: "o", ü: "u" }[letter]}e`));

// Whether a text holds what is looked for with at most one letter wrong, missing, doubled or swapped.
function nearly(wanted, found) {
  if (wanted.length < 4) return false;
  const last = Math.max(0, found.length - wanted.length + 1);
  for (let start = 0; start <= last; start += 1) {
    for (const size of [wanted.length, wanted.length - 1, wanted.length + 1]) {
      if (oneApart(wanted, found.slice(start, start + size))) return true;
    }
  }
  return false;
}

function oneApart(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

// Making the order of a language costs a thousand times what using it costs.
const orders = new Map();
function compare(a, b) {
  if (!orders.has(locale)) orders.set(locale, new Intl.Collator(locale, { numeric: true }));
  return orders.get(locale).compare(a, b);
}

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

/**
 * The part of the page that a selector names; the page has it, or is broken.
 * @param {string} selector
 * @returns {any}
 */
function one(selector) {
  const found = document.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

export { byId, one, use, inWords, districtsTold, difference, differenceUnit, spelled, spelledDays, nearly, text, has, number, count, amount, range, date, probability, percent, level, plain, compare, element, drawing, tellPeriods };
