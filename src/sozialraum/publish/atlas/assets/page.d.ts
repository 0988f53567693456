/** Leaflet comes with the page as a script of its own and has no types here. */
declare const L: any;
