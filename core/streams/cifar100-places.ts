import type { Place } from './place.ts'

/**
 * Eleven everyday places for CIFAR-100, written down before any training and never tuned since: 8 to 13 classes each, most of them alike
 * enough to be taken for one another. A class that is seen at several places leaves an equal share of its frames at each, so that all
 * classes are equally frequent in a long stream.
 */
const classesByPlace: Readonly<Record<string, readonly string[]>> = {
  sea: ['aquarium_fish', 'crab', 'dolphin', 'flatfish', 'lobster', 'ray', 'sea', 'seal', 'shark', 'turtle', 'whale'],
  river: ['beaver', 'bridge', 'crocodile', 'otter', 'raccoon', 'shrew', 'snake', 'trout', 'turtle', 'willow_tree'],
  forest: ['bear', 'forest', 'fox', 'maple_tree', 'mushroom', 'oak_tree', 'pine_tree', 'porcupine', 'raccoon', 'squirrel', 'willow_tree', 'wolf'],
  garden: ['bee', 'beetle', 'butterfly', 'caterpillar', 'lawn_mower', 'orchid', 'poppy', 'rose', 'snail', 'spider', 'sunflower', 'tulip', 'worm'],
  farm: ['apple', 'cattle', 'house', 'mouse', 'pear', 'pickup_truck', 'plain', 'possum', 'rabbit', 'skunk', 'sunflower', 'tractor'],
  savanna: ['camel', 'chimpanzee', 'crocodile', 'elephant', 'kangaroo', 'leopard', 'lion', 'lizard', 'palm_tree', 'plain', 'snake', 'tiger'],
  mountains: ['bear', 'castle', 'cloud', 'fox', 'lizard', 'mountain', 'pine_tree', 'road', 'rocket', 'wolf'],
  street: ['bicycle', 'bridge', 'bus', 'house', 'man', 'motorcycle', 'pickup_truck', 'road', 'skyscraper', 'streetcar', 'tank', 'train', 'woman'],
  kitchen: ['apple', 'bottle', 'bowl', 'can', 'clock', 'cockroach', 'cup', 'mushroom', 'orange', 'pear', 'plate', 'sweet_pepper'],
  'living room': ['aquarium_fish', 'chair', 'clock', 'couch', 'keyboard', 'lamp', 'rose', 'table', 'telephone', 'television', 'wardrobe'],
  nursery: ['baby', 'bed', 'boy', 'dinosaur', 'girl', 'hamster', 'man', 'mouse', 'rabbit', 'rocket', 'wardrobe', 'woman'],
}

/** Frames of a class, over all of its places. */
const framesOfClass = 12

const placesOfClass = (className: string): number => Object.values(classesByPlace).filter((classes) => classes.includes(className)).length

export const cifar100Places: readonly Place[] = Object.entries(classesByPlace).map(([name, classes]) => ({
  name,
  weights: Object.fromEntries(classes.map((className) => [className, framesOfClass / placesOfClass(className)])),
}))
