import type { PrecacheEntry } from 'workbox-precaching';
/** Whether a file of the app is one of those that only more threads than one need: worker, glue, a thread's script, WebAssembly. */
export declare const isThreadsFile: (entry: PrecacheEntry | string) => boolean;
/**
 * Serves what more threads need. It is stored when it is first asked for, and not with the app: one thread is the default, and most phones would
 * download and keep half a megabyte for nothing. All of it is stored then, so that it starts offline from then on; and a new version of the app brings
 * its own at its installation where the version before had been asked for them. Names have hashes: a file never changes under its name.
 */
export declare function serveThreadsFiles(self: ServiceWorkerGlobalScope, entries: readonly (PrecacheEntry | string)[]): void;
