import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const read = async (path: string) =>
  parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'), { merge: true });

/** Both run .ci/run as root on the same image, with the same servers and packages. */
describe('the pipelines of GitHub and GitLab', () => {
  it('run the same command in the same environment', async () => {
    const [github, gitlab, compose] = await Promise.all([
      read('.github/workflows/ci.yml'),
      read('.gitlab-ci.yml'),
      read('docker-compose.yml'),
    ]);
    const { job, script } = { job: github.jobs.run, script: gitlab.run };
    const commands = job.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(commands.at(-1)).toBe('.ci/run');
    expect(script.script).toEqual(['.ci/run']);
    const install = commands.find((command: string) => command.startsWith('apt-get'));
    expect(script.before_script).toContain(install);
    expect(job.container).toBe(script.image);

    // Servers have their names as hosts, since the job is a container too.
    const { CI, ...variables } = job.env;
    expect(CI).toBe('true');
    // Both check out the whole history, since a test runs the previous release.
    const { GIT_DEPTH, ...others } = script.variables;
    expect(GIT_DEPTH).toBe('0');
    expect(job.steps[0]).toMatchObject({
      uses: expect.stringMatching(/^actions\/checkout@/),
      with: { 'fetch-depth': 0 },
    });
    expect(variables).toEqual(others);
    const images = Object.entries<{ image: string }>(job.services).map(([name, { image }]) => [name, image]);
    expect(images).toEqual(
      script.services.map(({ name, alias }: { name: string; alias: string }) => [alias, name]),
    );
    for (const [name = '', image] of images) expect(image).toBe(compose.services[name].image);
  });
});
