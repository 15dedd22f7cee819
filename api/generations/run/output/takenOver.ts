/** Another worker runs this generation now, or it has ended: nothing that this worker still writes has an effect. */
export class TakenOver extends Error {}
