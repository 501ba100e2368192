'use strict';
// For the browser tests: Chromium, driven through chromedriver by WebDriver (W3C)
// and, for what that lacks, by commands of Chromium's own; the shop that it
// visits; and TAP. Each waits for what shall come, and gives up after WAIT.

const fs = require('node:fs');
const path = require('node:path');

const WAIT = 30000; // milliseconds, for a machine that has much else to do
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // WebDriver, 12.1
const KEYS = { End: '\uE010', Backspace: '\uE003', Enter: '\uE007', Tab: '\uE004' };

// What tests/browser.sh tells.
const told = name => {
	if (!process.env[name]) {
		throw new Error(`${name} is not set: run this by its .t`);
	}
	return process.env[name];
};
const base = told('BASE');
const driver = told('DRIVER');
const tmp = told('SCRATCH');
const shopFolder = told('SHOP');
const cgi = told('CGI');
const form = `${base}/cgi-bin/redeem.cgi`;
const records = path.join(shopFolder, 'home/codes');

// Returns what PROBE gives as soon as that is true.
async function awaited(what, probe) {
	const end = Date.now() + WAIT;
	for (;;) {
		const value = await probe();
		if (value) {
			return value;
		}
		if (Date.now() > end) {
			throw new Error(`waited in vain for ${what}`);
		}
		await new Promise(done => setTimeout(done, 50));
	}
}

let count = 0;
let failed = 0;

function ok(name, good, ...why) {
	count++;
	failed += good ? 0 : 1;
	process.stdout.write(`${good ? '' : 'not '}ok ${count} - ${name}\n`);
	if (!good && why.length > 0) {
		process.stderr.write(why.join('\n').replace(/^/gm, '#   ') + '\n');
	}
}

function is(name, got, wanted) {
	const [a, b] = [got, wanted].map(value => JSON.stringify(value));
	ok(name, a === b, `got:    ${a}`, `wanted: ${b}`);
}

function like(name, got, pattern) {
	ok(name, pattern.test(got), `in:          ${got}`, `no match of: ${pattern}`);
}

// A walk that cannot go on fails, and the next one starts.
async function walk(name, go) {
	try {
		await go();
		ok(`${name}: to its end`, true);
	} catch (error) {
		ok(`${name}: to its end`, false, error.stack);
	}
}

function finish() {
	process.stdout.write(`1..${count}\n`);
	process.exitCode = failed === 0 ? 0 : 1;
}

// A code's record, the owner of which is the program.
function code(name, ...lines) {
	const file = path.join(records, name);
	const { uid, gid } = fs.statSync(records);
	fs.writeFileSync(file, lines.map(line => `${line}\n`).join(''), { mode: 0o600 });
	fs.chownSync(file, uid, gid);
}

function value(name, key) {
	const line = fs.readFileSync(path.join(records, name), 'utf8')
		.split('\n').find(text => text.startsWith(`${key}: `));
	return line && line.slice(key.length + 2).trim();
}

function settings(...lines) {
	const all = [`home: ${shopFolder}/home`, `secure: ${shopFolder}/public_html/secure`,
		...lines];
	fs.writeFileSync(path.join(cgi, '.htredeem'), all.map(line => `${line}\n`).join(''));
}

function sold(name) {
	return fs.readFileSync(path.join(shopFolder, 'home/files', name));
}

class Browser {
	// A new browser that knows nothing, with a folder for downloads.
	static async start({ scripts = true } = {}) {
		const browser = new Browser();
		browser.place = fs.mkdtempSync(path.join(tmp, 'browser/chromium-'));
		browser.downloads = path.join(browser.place, 'downloads');
		fs.mkdirSync(browser.downloads);
		const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
			'--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1',
			'--remote-debugging-pipe', '--lang=en', `--user-data-dir=${browser.place}/profile`];
		const prefs = {
			'download.default_directory': browser.downloads,
			'download.prompt_for_download': false,
			'intl.accept_languages': 'en',
		};
		if (!scripts) {
			prefs['profile.managed_default_content_settings.javascript'] = 2;
		}
		const { sessionId } = await call('POST', '/session', {
			capabilities: { alwaysMatch: {
				browserName: 'chrome',
				'goog:chromeOptions': { binary: told('CHROMIUM'), args, prefs },
			} },
		});
		browser.session = `/session/${sessionId}`;
		// else a page believes at times that another window is in front of it
		await browser.cdp('Emulation.setFocusEmulationEnabled', { enabled: true });
		await browser.cdp('Network.enable');
		return browser;
	}

	async stop() {
		await this.call('DELETE', '');
	}

	call(method, where, body) {
		return call(method, this.session + where, body);
	}

	cdp(cmd, params = {}) {
		return this.call('POST', '/goog/cdp/execute', { cmd, params });
	}

	open(url) {
		return this.call('POST', '/url', { url });
	}

	reload() {
		return this.call('POST', '/refresh', {});
	}

	url() {
		return this.call('GET', '/url');
	}

	async all(css) {
		const found = await this.call('POST', '/elements', { using: 'css selector', value: css });
		return found.map(element => element[ELEMENT]);
	}

	one(css) {
		return awaited(css, async () => (await this.all(css))[0]);
	}

	async text(css) {
		return this.call('GET', `/element/${await this.one(css)}/text`);
	}

	async attribute(css, name) {
		return this.call('GET', `/element/${await this.one(css)}/attribute/${name}`);
	}

	async property(css, name) {
		return this.call('GET', `/element/${await this.one(css)}/property/${name}`);
	}

	async click(css) {
		return this.call('POST', `/element/${await this.one(css)}/click`, {});
	}

	// The id of the element that has the keyboard.
	async focus() {
		const active = await this.call('GET', '/element/active');
		return this.call('GET', `/element/${active[ELEMENT]}/property/id`);
	}

	// Presses keys one after another, wherever the keyboard is.
	async press(...keys) {
		await this.settled();
		const all = keys.flatMap(key => key in KEYS ? [KEYS[key]] : [...key]);
		const actions = all.flatMap(value => ['keyDown', 'keyUp'].map(type => ({ type, value })));
		await this.call('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
	}

	// Until a page is whole and on the screen, Chromium drops what is typed.
	async settled() {
		await awaited('a whole page', () => this.evaluate('document.readyState === "complete"'));
		await this.screenshot('/dev/null');
	}

	// Presses Tab, until something else has the keyboard.
	async tab() {
		const before = await this.call('GET', '/element/active');
		return awaited('Tab', async () => {
			await this.press('Tab');
			const after = await this.call('GET', '/element/active');
			return after[ELEMENT] !== before[ELEMENT];
		});
	}

	// Waits until the page tells OUTCOME; returns its sentence.
	async outcome(outcome) {
		await awaited(`outcome ${outcome}`, async () =>
			(await this.all(`[data-outcome="${outcome}"]`)).length > 0);
		return this.text(`[data-outcome="${outcome}"]`);
	}

	// Waits for NAME to be on the disk, whole: Chromium renames it at the end.
	async saved(name) {
		const file = path.join(this.downloads, name);
		await awaited(`download ${name}`, () => fs.existsSync(file) &&
			!fs.readdirSync(this.downloads).some(other => other.endsWith('.crdownload')));
		return fs.readFileSync(file);
	}

	// Removes what was downloaded.
	forget() {
		fs.rmSync(this.downloads, { recursive: true });
		fs.mkdirSync(this.downloads);
	}

	// Looks at the page as WIDTH pixels wide, in the "light" or "dark" scheme.
	async look(width, scheme) {
		await this.cdp('Emulation.setDeviceMetricsOverride', { width,
			height: width < 700 ? 740 : 800, deviceScaleFactor: 1, mobile: width < 700 });
		await this.cdp('Emulation.setEmulatedMedia', { features: [
			{ name: 'prefers-color-scheme', value: scheme }] });
	}

	// Runs an expression as the developer's console does, which no policy forbids.
	async evaluate(expression) {
		const answer = await this.cdp('Runtime.evaluate', { expression, awaitPromise: true,
			returnByValue: true });
		if (answer.exceptionDetails) {
			throw new Error(JSON.stringify(answer.exceptionDetails));
		}
		return answer.result.value;
	}

	async screenshot(file) {
		const { data } = await this.cdp('Page.captureScreenshot', { captureBeyondViewport: true });
		fs.writeFileSync(file, Buffer.from(data, 'base64'));
	}
}

async function call(method, where, body) {
	const answer = await fetch(driver + where, { method, body: body && JSON.stringify(body),
		signal: AbortSignal.timeout(2 * WAIT) });
	const { value: got } = await answer.json();
	if (!answer.ok) {
		throw new Error(`${method} ${where}: ${got.error}: ${got.message}`);
	}
	return got;
}

module.exports = { Browser, awaited, base, code, finish, form, is, like, ok, settings, shopFolder,
	sold, told, value, walk };
