/** Pixels of the height of a drawn node. The layout and the drawing share it; the layout is loaded lazily. */
export const NODE_HEIGHT = 52;
