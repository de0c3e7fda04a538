/** `doctor` on an installation with planted faults. */
import { readConfig } from '../../server/config/config.ts';
import { examineInstallation } from '../../server/doctor/doctor.ts';

/** What each check found: its state and explanation in one line. */
export async function examined(env: Record<string, string>): Promise<Record<string, string>> {
  const findings = await examineInstallation((options) => readConfig(env, options));
  return Object.fromEntries(
    findings.map(({ check, state, explanation }) => [check, `${state}: ${explanation}`]),
  );
}
