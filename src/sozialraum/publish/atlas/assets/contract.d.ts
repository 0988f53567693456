/** Written by tests/helpers/contract.py from publish/atlas/contract.py: change it there. */
/** Packed in the file; a list once core/model.js has made it ready. */
type Column = (number | null)[];
/** One digit per district. */
type Digits = string;
/** In the file {de, en}; the text that is read once core/language.js has chosen. */
type Both = string;
type Words = Record<string, string>;
type Texts = Words;

/** GeoJSON geometries in degrees, and names. */
interface Orientation {
  areas: Record<string, any>[];
  lines: Record<string, any>[];
  places: Place[];
}

/** A name on the map. */
interface Place {
  name: string;
  lon: number;
  lat: number;
}

/** A programme area at the end of the year. */
interface Area {
  id: string;
  name: string;
  districts: string[];
  tiers: Record<string, Both | null>;
  since: string;
  until: string | null;
  site: string | null;
  sentence: Both;
}

/** What a body decided about a district, and why it says so. */
interface Decision {
  district: string;
  year: number;
  decision: string;
  word: Both;
  reason: string | null;
  date: string | null;
  body: Both | null;
  paper: string | null;
  sentence: Both;
  why: string | null;
}

/** A place with its capacity in the last year that is known. */
interface Facility {
  id: string;
  name: string;
  kind: string;
  word: Both;
  district: string;
  capacity: number | null;
  unit: Both | null;
  year: number | null;
  lon: number;
  lat: number;
  exact: boolean;
}

/** The state of a measure's money: secured, partly, proviso, refused or none. */
interface Funding {
  state: string;
  word: Both;
  amount: number | null;
  secured: number | null;
}

/** Where a goal stands. */
interface Goal {
  id: string;
  version: number;
  title: string;
  scopeType: string;
  scope: string | null;
  districts: string[];
  area: string | null;
  indicator: string;
  label: Both;
  quantity: string;
  baselineDate: string | null;
  date: string | null;
  due: string;
  baseline: number | null;
  figure: number | null;
  target: number | null;
  attained: number | null;
  lower: number | null;
  upper: number | null;
  beyondChance: boolean | null;
  state: string;
  word: Both;
  symbol: string;
  light: string;
  shown: Shown;
  sentence: Both;
  owner: string | null;
  measures: string[];
}

/** What is done for goals. */
interface Measure {
  id: string;
  title: string;
  scopeType: string;
  scope: string | null;
  districts: string[];
  status: string;
  word: Both;
  lead: string | null;
  starts: string | null;
  ends: string | null;
  goals: string[];
  funding: Funding;
}

/** Need and provision of one kind of facility. */
interface NeedTheme {
  id: string;
  kind: Both;
  group: Both;
  year: number;
  quadrants: string;
  sure: (number | null)[];
  need: (number | null)[];
  provision: (number | null)[];
}

/** All of it; see the module. */
interface ProgrammeData {
  year: number;
  internal: boolean;
  symbols: Record<string, Record<string, any>>;
  quadrants: Record<string, any>[];
  areas: Area[];
  decisions: Decision[];
  goals: Goal[];
  measures: Measure[];
  need: NeedTheme[];
  facilities: Facility[];
  conferences: Record<string, any>[];
  gaps: string[];
  sites: Record<string, any>[];
  notes: Record<string, any>[];
}

/** A goal's figures with their units, as the page shall write them. */
interface Shown {
  baseline: Both;
  figure: Both;
  expected: Both;
  target: Both;
}

/** A pattern, see `palettes.Pattern`. */
interface Tile {
  path: string;
  ink: string;
  paper: string;
}

/** Larger areas: their names, and per district the place of its area's name, -1 for none. */
interface Level {
  names: string[];
  codes: number[];
}

/** Texts that many districts share, and per district the place of its text. */
interface Coded {
  names: string[];
  codes: Column | null;
}

/** Everything about the districts that does not depend on an indicator; see `shapes.Shapes`. */
interface Districts {
  keys: string[];
  names: string[];
  parents: Level[];
  shapes: string[];
  digits: number;
  origin: number[];
  bounds: number[];
  tolerance: number;
}

/** The city on an indicator, in the unit that is shown. */
interface CityValue {
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  median: number | null;
  districts: number | null;
}

/** The city's global Moran's I. */
interface Moran {
  statistic: number | null;
  expected: number | null;
  z: number | null;
  p: number | null;
  districts: number | null;
}

/** One way to divide an indicator's numbers into classes. */
interface Scheme {
  id: "fixed" | "quantile" | "natural";
  lowest: number;
  limits: number[];
  colours: string[];
}

/** Sharp borders that hang together; each border as places of two districts, the higher one first. */
interface WallTold {
  borders: number[][];
  length: number;
  jump: number | null;
  ends: string[];
}

/** How unequal the city is beyond chance, with its interval. */
interface CityMeasure {
  value: number | null;
  lower: number | null;
  upper: number | null;
  districts: number;
}

/** One indicator at one date; numbers as they are shown, so a share in per cent. */
interface Slice {
  date: string;
  period?: Both;
  flags: Digits;
  values?: Column;
  lower?: Column;
  upper?: Column;
  numerator?: Column;
  denominator?: Column;
  clusters?: Digits;
  p?: Column;
  pAdjusted?: Column;
  city?: CityValue;
  moran?: Moran;
  claim?: string;
  claimTold?: Both;
  edges?: ((number | null)[])[];
  judged?: boolean;
  verdicts?: Digits;
  verdictReasons?: Digits;
  distance?: Column;
  effectTold?: string;
  verdictCity?: number;
  margin?: number;
  marginBelow?: number;
  verdictP?: Column;
  verdictPAdjusted?: Column;
  smoothed?: Column;
  smoothedLower?: Column;
  smoothedUpper?: Column;
  smoothedLocal?: Column;
  schemes?: Scheme[];
  walls?: WallTold[];
  measures?: Record<string, CityMeasure>;
}

/** One indicator with all its dates, ascending. */
interface Indicator {
  id: string;
  label: Both;
  description: Both;
  theme: string;
  targetGroup: string;
  source: string;
  unit: Both;
  kind: "share" | "ratio" | "count" | "value";
  polarity: "disadvantage" | "resource" | "context";
  published: boolean;
  decimals: number;
  lowest: number | null;
  limits: number[];
  colours: string[];
  signed: boolean;
  schemes: Scheme[];
  slices: Slice[];
}

/** A word of the data and what people read for it. */
interface Named {
  id: string;
  label: Both;
}

/** The words that digits stand for. */
interface ClassWords {
  verdict: string[];
  profile: string[];
  status: string[];
  dynamic: string[];
  attention: string[];
  warning: string[];
}

/** Why there is no class; the first is none. */
interface Reasons {
  verdict: Named[];
  index: Named[];
}

/** One index at one date. */
interface IndexSlice {
  date: string;
  value?: Column;
  rank?: Column;
  status: Digits;
  reason: Digits;
  fixedValue?: Column;
  fixedStatus: Digits;
  change?: Column;
  dynamic: Digits;
  dynamicReason: Digits;
  attention: Digits;
  warning: Digits;
  statusPeriods?: Column;
  negativePeriods?: Column;
  parts?: Record<string, Column>;
}

/** What the verdicts of a group come to at one date. */
interface ProfileSlice {
  date: string;
  profile: Digits;
  assessable: Column | null;
  unfavourableBy: Coded;
  favourableBy: Coded;
}

/** How often resamples gave the same class, in thousandths. */
interface Robustness {
  status: Digits;
  same?: Column;
  sameDynamic?: Column;
  sameAttention?: Column;
  rank?: Column;
  lower?: Column;
  upper?: Column;
}

/** In how many of `count` variants of method each district has which class. */
interface Variants {
  status: Digits;
  count: number;
  same: Column | null;
  classes: (Column | null)[];
}

/** What the texts beside the map tell of the method. */
interface Method {
  indicators: Both[];
  limitsOn?: string;
  statusLimits?: number[];
  dynamicLimits?: number[];
}

/** The whole picture: classes over all indicators. */
interface AssessmentData {
  words: ClassWords;
  reasons: Reasons;
  colours: Record<string, Record<string, string>>;
  groups: Named[];
  index: Record<string, IndexSlice[]>;
  profiles: Record<string, ProfileSlice[]>;
  robustness: Robustness | null;
  variants: Variants | null;
  influence: any[][];
  method: Method;
}

/** One thing on a layer that somebody added. */
interface AddedFeature {
  geometry: Record<string, any>;
  look: number;
  tip: string;
}

/** A layer that somebody added to the map, see `layers.added_layers`. */
interface AddedLayer {
  name: string;
  shown: boolean;
  looks: Record<string, any>[];
  features: AddedFeature[];
}

/** How the figures were made. */
interface HowMade {
  parameters: Record<string, any>;
  provenance: Record<string, any>;
}

/** Everything that a page carries; lists and digits of cells are in the order of `districts`. */
interface AtlasData {
  city: string;
  language: "de" | "en";
  simulated: boolean;
  internal: boolean;
  texts: Texts;
  flags: string[];
  labels: string[];
  clusterColours: Record<string, string>;
  changeColours: Record<string, any>;
  pairColours: string[][];
  burdenedShades: string[];
  patterns: Record<string, Tile>;
  statistics: Record<string, any>;
  rules: Record<string, any>;
  record: HowMade;
  districts: Districts;
  people: Record<string, Column>;
  neighbours: string[] | null;
  indicators: Indicator[];
  assessment: AssessmentData | null;
  layers: AddedLayer[];
  orientation: Orientation;
  programme: ProgrammeData | null;
}
