// How an indicator's numbers are divided into classes: as the project declares, equal numbers of districts, or where
// the numbers part by themselves; the same for all dates, or those of one date.
import { number, text } from "../core/words.js";

const ofDate = "-date";

// The ways that can be chosen for an indicator, the one that is shown first in front.
function ways({ signed, schemes, slices }) {
  if (signed) return [];
  const all = schemes.map(({ id }) => id);
  const single = slices.some((slice) => slice.schemes) ? all.filter((id) => id !== "fixed").map((id) => id + ofDate) : [];
  return [...all, ...single];
}

function scheme(indicator, slice, choice) {
  const { signed, schemes, limits, colours, lowest } = indicator;
  if (signed || !schemes.length) return { limits, colours, lowest, ownDate: false, id: "" };
  const ownDate = String(choice).endsWith(ofDate);
  const id = ownDate ? choice.slice(0, -ofDate.length) : choice;
  const found = ((ownDate && slice.schemes) || schemes).find((one) => one.id === id);
  return { ...(found || schemes[0]), ownDate: Boolean(found) && ownDate };
}

function classOf(value, limits) {
  const found = limits.findIndex((limit) => value <= limit);
  return found < 0 ? limits.length - 1 : found;
}

// A declared class can lie below or above everything that occurs.
function classLabel({ limits, lowest }, place, decimals) {
  const step = 10 ** -decimals;
  const limit = limits[place];
  const from = place ? limits[place - 1] + step : Math.min(lowest, limit);
  return limit - from < step / 2 ? number(limit, decimals)
    : text("legend.range", { from: number(from, decimals), to: number(limit, decimals) });
}

// The unfavourable end stands on top, in every legend; where neither end is, the high one.
const worstFirst = (rising, polarity) => (polarity === "resource" ? rising : [...rising].reverse());

const classEntries = (found, { decimals, polarity }) => worstFirst(found.limits.map((_, place) =>
  ({ id: `class-${place}`, label: classLabel(found, place, decimals), colour: found.colours[place], always: true })), polarity);

function classNotes(indicator, found) {
  return [
    [found.id === "natural" ? text("classes.natural.told") : found.id === "fixed" ? text("classes.fixed.told") : null, "small"],
    [found.ownDate ? text("classes.own_date") : indicator.slices.length > 1 ? text("legend.same_classes") : null, found.ownDate ? "warn" : "small"],
  ];
}

export { ways, scheme, classOf, classEntries, classNotes, worstFirst };
