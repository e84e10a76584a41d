import {
  createEvaluator,
  type Evaluation,
  type EvaluatorOptions,
  type Question,
} from "./evaluator.ts";

export {
  createEvaluator,
  type Evaluation,
  type Evaluator,
  type FunctionCode,
  type Question,
  type SourceChange,
} from "./evaluator.ts";

export interface EvaluateOptions extends EvaluatorOptions, Question {}

/**
 * Finds out what `sst deploy` would register, without AWS and without SST's CLI: SST's real components run in a process
 * of ours, and Pulumi's engine, AWS and the CLI that the components talk to are played. That the real CLI comes to the
 * same graph is for `evaluateWithCli` to show.
 *
 * It works on a copy of the project under `.cache`, so it does not disturb a deployment or another evaluation; the
 * project's own `.sst` is read, never written, but for the platform when that is missing. Nothing of this process's
 * environment reaches the config but `PATH`. It listens on loopback only.
 *
 * @throws {Error} (rejects) with the config's own message when the config refuses the stage or itself.
 * @throws {TypeError} (rejects) when a change does not apply, or `previous` names something that is not a parameter.
 */
export async function evaluateConfig(options: EvaluateOptions): Promise<Evaluation> {
  const evaluator = await createEvaluator(options);
  try {
    const evaluation = await evaluator.evaluate(options);
    return { ...evaluation, dispose: () => evaluator.close() };
  } catch (error) {
    await evaluator.close();
    throw error;
  }
}
