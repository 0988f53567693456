// Why a district is in its class: what each indicator contributes to its index, and where the limits lie.
import { block } from "../parts/blocks.js";
import { element, drawing, number, text } from "../core/words.js";
import { pick } from "../core/model.js";

const plainNumber = (value) => number(value, Number.isInteger(value) ? 0 : String(value).split(".")[1].length);
const wide = 120;

function partsOf(model, index, district) {
  return Object.entries(index.parts || {}).map(([id, column]) => ({ indicator: model.indicators.get(id), part: pick(column, district) }))
    .filter(({ indicator, part }) => indicator && part !== null)
    .sort((a, b) => b.part - a.part);
}

function bar(part, most) {
  const half = wide / 2;
  const length = (Math.abs(part) / most) * (half - 2);
  return drawing("svg", { class: "chart part", viewBox: `0 0 ${wide} 14`, "aria-hidden": "true" }, [
    drawing("rect", { class: part > 0 ? "part-worse" : "part-better", x: part > 0 ? half : half - length, y: 2, width: Math.max(0.5, length), height: 10 }),
    drawing("path", { class: "middle", d: `M${half},0v14` })]);
}

// Where the value lies between the limits of the classes.
function limitsTold(model, value) {
  const { statusLimits, limitsOn } = model.assessment.method;
  if (!statusLimits || limitsOn === "share") return null;
  const [, , low] = statusLimits;
  const [first, second] = statusLimits.map(plainNumber);
  return text("why.limits", { value: number(value, 2), first, second, third: plainNumber(low) });
}

function whyStatus(model, scene) {
  const { index, district } = scene;
  const value = index && pick(index.value, district);
  if (value === null || value === undefined) return null;
  const parts = partsOf(model, index, district);
  if (!parts.length) return null;
  const most = Math.max(...parts.map(({ part }) => Math.abs(part))) || 1;
  const sum = parts.reduce((all, { part }) => all + part, 0);
  const rows = parts.map(({ indicator, part }) => element("tr", {}, [
    element("th", { scope: "row" }, [element("button", { type: "button", class: "link", "data-indicator": indicator.id,
      "data-date": scene.date, text: indicator.label })]),
    element("td", {}, [bar(part, most)]), element("td", { class: "number", text: `${part > 0 ? "+" : ""}${number(part, 2)}` })]));
  const worst = parts[0];
  const told = worst.part > 0 && value > 0 ? text("why.most", { indicator: worst.indicator.label }) : null;
  const limits = limitsTold(model, value);
  return block([element("h3", { text: text("why.title") }),
    limits && element("p", { class: "limits-told", text: limits }), told && element("p", { text: told }),
    element("table", { class: "others parts" }, [element("tbody", {}, rows)]),
    element("p", { class: "plain", text: text(Math.abs(sum - value) < 0.05 ? "why.sum" : "why.parts", { value: number(value, 2) }) })].filter(Boolean));
}

// The limits beyond which a value is conspicuous, in the indicator's unit.
function verdictLimits(indicator, slice) {
  const { verdictCity, margin, marginBelow } = slice;
  if (typeof verdictCity !== "number") return null;
  const upper = typeof margin === "number" ? verdictCity + margin : null;
  const lower = typeof marginBelow === "number" ? verdictCity - marginBelow : null;
  return indicator.polarity === "resource" ? { worse: lower, better: upper } : { worse: upper, better: lower };
}

export { whyStatus, verdictLimits };
