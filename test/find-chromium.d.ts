/** Whether this user may run the file. */
export declare function isExecutable(path: string): boolean;
/** Path of an installed Chromium or Chrome: `CHROMIUM_PATH` first, then PATH, then the usual places; '' if there is none. */
export declare function findChromium(): string;
