import type { Split } from '../../train/data/dataset.ts';
/** A camera that no training saw, and the people of the bundle who come by there. */
export interface UnseenSite {
    /** Number of its look: those of the bundle's own sites come before. */
    readonly index: number;
    readonly name: string;
    readonly identities: readonly number[];
}
/** Sites behind those of training, with people drawn from everybody. */
export declare const unseenSites: (count: number, trained: number, people: number, each: number) => UnseenSite[];
/**
 * One visit, frame by frame: people come and go, in the clothes and the light of that day.
 *
 * @param visit 0, 1, …: sessions of the test split that no picture of the bundle's was of
 * @param size side of the frames, in pixels
 */
export declare function drawVisit(site: UnseenSite, visit: number, frames: number, size: number): Split;
