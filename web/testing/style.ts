// Style sheets are not needed in jsdom.
export {};
