/**
 * Places found in streams of frames, by what the full model and its encoder say of them and by their order. A
 * visit is what one stream shows without a long pause; it begins as a place of its own, and is put to a place
 * that is known once it has shown enough. Pure; plain data.
 */

/** What is seen at a place: mean probabilities, each summing to 1. */
export interface Sight {
  /** c(x), one a partition. */
  readonly code: readonly number[]
  /** One a class, of the full model. */
  readonly classes: readonly number[]
}

export interface FoundPlace {
  readonly id: string
  readonly sight: Sight
  /** Frames that `sight` is the mean of. */
  readonly frames: number
}

/** What one stream is in the middle of. */
export interface Visit {
  readonly stream: string
  readonly place: string
  readonly frames: number
  readonly lastAtMs: number
  readonly sight: Sight
  /** The same of the frames of the block that is under way. */
  readonly latest: Sight
  /** The place that the stream went on from: some of its latest frames are this visit's. */
  readonly left?: string
  /** Of all frames up to the last block, and up to the one before it: one between two places is of both. */
  readonly between: Sight
  readonly before: Sight
}

export interface PlacesState {
  readonly nextPlace: number
  readonly places: readonly FoundPlace[]
  /** The longest silent first. */
  readonly visits: readonly Visit[]
}

export interface SeenFrame extends Sight {
  readonly stream: string
  readonly atMs: number
}

export interface Found {
  readonly state: PlacesState
  /** Whose frame it is. */
  readonly place: string
  /** A place that turned out to be another: its frames are `place`'s from now on. */
  readonly merged?: string
}

export const placeLimits = {
  /** A stream that is silent for so long has been somewhere else. */
  pauseMs: 300_000,
  /**
   * After so many frames, and again after as many, a visit is held against known places: few, for a phone
   * that knows a place well sends few.
   */
  settleFrames: 8,
  /** From here on it is a place of its own. */
  settledFrames: 240,
  /** Frames that are held together against those before them: some people's worth. */
  blockFrames: 120,
  /** A class that is seen less often is not of a place. */
  leastShare: 0.01,
  /** A place that explains so much of a visit is where it is. */
  sameShare: 0.7,
  /** Where a visit explains less of its latest block, that is of another place. */
  otherShare: 0.35,
  mostVisits: 32,
  mostPlaces: 64,
} as const

export const noPlaces: PlacesState = { nextPlace: 1, places: [], visits: [] }

/** How much of what is seen has at least some share where it is held against. */
function known(place: readonly number[], seen: readonly number[]): number {
  let share = 0
  for (const [index, chance] of seen.entries())
    if ((place[index] ?? 0) >= placeLimits.leastShare) share += chance
  return Math.min(1, share)
}

/**
 * How much of what is seen is seen at a place too, from 0 to 1, by the full model and by its encoder. A few
 * people of many who come by are all known there, where a distribution of few is unlike that of many.
 */
export const explained = (place: Sight, seen: Sight): number =>
  Math.min(known(place.code, seen.code), known(place.classes, seen.classes))

const mixed = (a: readonly number[], b: readonly number[], shareOfB: number): number[] =>
  Array.from(
    { length: Math.max(a.length, b.length) },
    (_, at) => (a[at] ?? 0) * (1 - shareOfB) + (b[at] ?? 0) * shareOfB,
  )

const mixedSights = (a: Sight, b: Sight, shareOfB: number): Sight => ({
  code: mixed(a.code, b.code, shareOfB),
  classes: mixed(a.classes, b.classes, shareOfB),
})

const merge = (a: FoundPlace, b: FoundPlace): FoundPlace => ({
  id: a.id,
  sight: mixedSights(a.sight, b.sight, b.frames / (a.frames + b.frames)),
  frames: a.frames + b.frames,
})

/** The visit with one frame more; undefined where the stream goes on somewhere else. */
function goneOn(visit: Visit, frame: SeenFrame): Visit | undefined {
  if (frame.atMs - visit.lastAtMs > placeLimits.pauseMs) return undefined
  const frames = visit.frames + 1
  const inBlock = visit.frames % placeLimits.blockFrames
  const latest = inBlock === 0 ? frame : mixedSights(visit.latest, frame, 1 / (inBlock + 1))
  const isBlockFull = inBlock + 1 === placeLimits.blockFrames
  const isElsewhere =
    isBlockFull &&
    frames > placeLimits.settledFrames &&
    explained(visit.before, latest) < placeLimits.otherShare
  if (isElsewhere) return undefined
  const sight = mixedSights(visit.sight, frame, 1 / frames)
  const lastAtMs = Math.max(visit.lastAtMs, frame.atMs)
  return {
    ...visit,
    frames,
    lastAtMs,
    sight,
    latest,
    ...(isBlockFull ? { before: visit.between, between: sight } : {}),
  }
}

/** The known place that a visit is at, its own apart. */
function knownPlace({ place, sight, left }: Visit, places: readonly FoundPlace[]): FoundPlace | undefined {
  const others = places
    .filter(({ id }) => id !== place && id !== left)
    .map((other) => ({ other, alike: explained(other.sight, sight) }))
    .filter(({ alike }) => alike >= placeLimits.sameShare)
  return others.reduce<(typeof others)[number] | undefined>(
    (best, one) => (best === undefined || one.alike > best.alike ? one : best),
    undefined,
  )?.other
}

/** Takes note of a frame, and says whose it is. */
export function seePlace(before: PlacesState, frame: SeenFrame): Found {
  const open = before.visits.find(({ stream }) => stream === frame.stream)
  const known = open === undefined ? undefined : goneOn(open, frame)
  const others = before.visits.filter(({ stream }) => stream !== frame.stream)
  const { code, classes } = frame
  const isNew = known === undefined
  const id = known?.place ?? `place-${before.nextPlace}`
  const visit: Visit = known ?? {
    stream: frame.stream,
    place: id,
    frames: 1,
    lastAtMs: frame.atMs,
    sight: { code, classes },
    latest: { code, classes },
    between: { code, classes },
    before: { code, classes },
    ...(open === undefined || frame.atMs - open.lastAtMs > placeLimits.pauseMs ? {} : { left: open.place }),
  }
  const own: FoundPlace = { id, sight: { code, classes }, frames: 1 }
  const isThere = before.places.some((place) => place.id === id)
  const places = isThere
    ? before.places.map((place) => (place.id === id ? merge(place, own) : place))
    : [...before.places, own].slice(-placeLimits.mostPlaces)
  const state: PlacesState = {
    nextPlace: before.nextPlace + Number(isNew),
    places,
    visits: [...others, visit].slice(-placeLimits.mostVisits),
  }
  // Only what this visit began is put to another: a place that has a past stays.
  const begun = places.find((place) => place.id === id)
  const isSettling =
    visit.frames % placeLimits.settleFrames === 0 &&
    visit.frames <= placeLimits.settledFrames &&
    begun?.frames === visit.frames
  const same = isSettling ? knownPlace(visit, places) : undefined
  if (same === undefined || begun === undefined) return { state, place: id }
  return {
    place: same.id,
    merged: id,
    state: {
      ...state,
      places: places
        .filter((place) => place.id !== id)
        .map((place) => (place.id === same.id ? merge(place, begun) : place)),
      visits: state.visits.map((one) => (one.place === id ? { ...one, place: same.id } : one)),
    },
  }
}

/** Without a place: what goes on there begins a new one. */
export const forgetPlace = (state: PlacesState, id: string): PlacesState => ({
  ...state,
  places: state.places.filter((place) => place.id !== id),
  visits: state.visits.filter(({ place }) => place !== id),
})

/**
 * With what is seen at a place now that it is looked at otherwise, in its light: who is there goes on there,
 * and who comes back is known by it.
 */
export const seenAnew = (state: PlacesState, id: string, sight: Sight): PlacesState => ({
  ...state,
  places: state.places.map((place) => (place.id === id ? { ...place, sight } : place)),
  visits: state.visits.map((visit) =>
    visit.place === id ? { ...visit, sight, latest: sight, between: sight, before: sight } : visit,
  ),
})
