/** Nobody reads the output any more (`| head`, a closed terminal): the program ends quietly with 0. */
export class ClosedOutputError extends Error {
  override readonly name = "ClosedOutputError";
}
