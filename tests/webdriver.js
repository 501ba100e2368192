'use strict';
// For the browser tests: a browser of the engine that tests/browser.sh tells, driven
// by WebDriver (W3C); the shop that it visits; and TAP. Each waits for what shall
// come, and gives up after WAIT.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { spawn } = require('node:child_process');

const WAIT = 30000; // milliseconds, for a machine that has much else to do
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // WebDriver, 12.1
const PARTS = /\.(crdownload|part|wkdownload)$/;
const KEYS = { End: '\uE010', Backspace: '\uE003', Enter: '\uE007', Tab: '\uE004' };

// What tests/browser.sh tells.
const told = name => {
	if (!process.env[name]) {
		throw new Error(`${name} is not set: run this by its .t`);
	}
	return process.env[name];
};
const base = told('BASE');
const engine = told('ENGINE');
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

// With the test, its browsers end.
process.once('SIGTERM', () => process.exit(1));

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

// The shop's settings: the delivery that was chosen last, and LINES.
const deliveries = told('DELIVERY').split('\n\n');
let [delivery] = deliveries;

function deliver(lines) {
	delivery = lines;
}

function settings(...lines) {
	const all = [`home: ${shopFolder}/home`, delivery, ...lines];
	fs.writeFileSync(path.join(cgi, '.htredeem'), all.map(line => `${line}\n`).join(''));
}

function sold(name) {
	return fs.readFileSync(path.join(shopFolder, 'home/files', name));
}

// What is asked of a browser, as Marionette calls it (Firefox's own protocol, with
// the commands of WebDriver), and as drivers have it over HTTP.
const COMMANDS = {
	Navigate: ['POST', '/url'],
	Refresh: ['POST', '/refresh'],
	Back: ['POST', '/back'],
	GetCurrentURL: ['GET', '/url'],
	FindElements: ['POST', '/elements'],
	GetElementText: ['GET', '/element/{id}/text'],
	GetElementAttribute: ['GET', '/element/{id}/attribute/{name}'],
	GetElementProperty: ['GET', '/element/{id}/property/{name}'],
	ElementClick: ['POST', '/element/{id}/click'],
	GetActiveElement: ['GET', '/element/active'],
	ExecuteScript: ['POST', '/execute/sync'],
	PerformActions: ['POST', '/actions'],
	DeleteSession: ['DELETE', ''],
};

// A browser behind a driver that speaks HTTP: chromedriver, WebKitWebDriver.
class Driver {
	async begin(alwaysMatch) {
		const { sessionId } = await this.call('POST', '/session', { capabilities: { alwaysMatch } });
		this.session = `/session/${sessionId}`;
	}

	async call(method, where, body) {
		const answer = await fetch(told('DRIVER') + where, { method,
			body: body && JSON.stringify(body), signal: AbortSignal.timeout(2 * WAIT) });
		const { value: got } = await answer.json();
		if (!answer.ok) {
			throw new Error(`${method} ${where}: ${got.error}: ${got.message}`);
		}
		return got;
	}

	send(name, parameters) {
		const [method, where] = COMMANDS[name.replace('WebDriver:', '')];
		return this.call(method, this.session + where.replace(/\{(\w+)\}/g,
			(_, key) => parameters[key]), method === 'POST' ? parameters : undefined);
	}
}

// Firefox, over its socket: LENGTH:[0,id,command,parameters] there, and
// LENGTH:[1,id,error,result] back.
class Marionette {
	async begin(port) {
		this.waiting = new Map();
		this.read = Buffer.alloc(0);
		this.socket = await awaited('Firefox to listen', () => new Promise(done => {
			const socket = net.connect(port, '127.0.0.1', () => done(socket));
			socket.on('error', () => done(null));
		}));
		this.socket.on('data', bytes => this.take(bytes));
		await this.send('WebDriver:NewSession', {});
	}

	take(bytes) {
		this.read = Buffer.concat([this.read, bytes]);
		for (;;) {
			const colon = this.read.indexOf(':');
			const end = colon + 1 + Number(this.read.toString('latin1', 0, Math.max(colon, 0)));
			if (colon < 0 || this.read.length < end) {
				return;
			}
			const message = JSON.parse(this.read.toString('utf8', colon + 1, end));
			this.read = this.read.subarray(end);
			// the first message only says what it speaks
			if (Array.isArray(message)) {
				this.answer(...message);
			}
		}
	}

	answer(kind, id, error, result) {
		const { name, done, failed } = this.waiting.get(id);
		this.waiting.delete(id);
		if (error) {
			failed(new Error(`${name}: ${error.error}: ${error.message}`));
		} else {
			done(result && 'value' in result ? result.value : result);
		}
	}

	send(name, parameters) {
		const id = this.sent = (this.sent || 0) + 1;
		const message = JSON.stringify([0, id, name, parameters]);
		return new Promise((done, failed) => {
			this.waiting.set(id, { name, done, failed });
			this.socket.write(`${Buffer.byteLength(message)}:${message}`);
			setTimeout(() => failed(new Error(`${name}: no answer`)), 4 * WAIT).unref();
		});
	}
}

class Browser {
	// A new browser that knows nothing, with a folder for downloads.
	static async start(options = {}) {
		const browser = new engines[engine]();
		browser.place = fs.mkdtempSync(path.join(tmp, 'browser/place-'));
		browser.downloads = path.join(browser.place, 'downloads');
		fs.mkdirSync(browser.downloads);
		await browser.begin(options);
		return browser;
	}

	stop() {
		return this.send('DeleteSession', {});
	}

	send(name, parameters = {}) {
		return this.remote.send(`WebDriver:${name}`, parameters);
	}

	open(url) {
		return this.send('Navigate', { url });
	}

	reload() {
		return this.send('Refresh');
	}

	back() {
		return this.send('Back');
	}

	url() {
		return this.send('GetCurrentURL');
	}

	async all(css) {
		const found = await this.send('FindElements', { using: 'css selector', value: css });
		return found.map(element => element[ELEMENT]);
	}

	one(css) {
		return awaited(css, async () => (await this.all(css))[0]);
	}

	async text(css) {
		return this.send('GetElementText', { id: await this.one(css) });
	}

	async attribute(css, name) {
		return this.send('GetElementAttribute', { id: await this.one(css), name });
	}

	async property(css, name) {
		return this.send('GetElementProperty', { id: await this.one(css), name });
	}

	async click(css) {
		return this.send('ElementClick', { id: await this.one(css) });
	}

	async active() {
		return (await this.send('GetActiveElement'))[ELEMENT];
	}

	// The id of the element that has the keyboard.
	async focus() {
		return this.send('GetElementProperty', { id: await this.active(), name: 'id' });
	}

	// Presses keys one after another, wherever the keyboard is.
	async press(...keys) {
		await this.settled();
		const all = keys.flatMap(key => key in KEYS ? [KEYS[key]] : [...key]);
		const actions = all.flatMap(value => ['keyDown', 'keyUp'].map(type => ({ type, value })));
		await this.send('PerformActions', { actions: [{ type: 'key', id: 'keys', actions }] });
	}

	// Until a page is whole.
	settled() {
		return awaited('a whole page', () =>
			this.send('ExecuteScript', { script: 'return document.readyState === "complete"', args: [] }));
	}

	// Presses Tab, until something else has the keyboard.
	async tab() {
		const before = await this.active();
		return awaited('Tab', async () => {
			await this.press('Tab');
			return await this.active() !== before;
		});
	}

	// Waits until the page tells OUTCOME; returns its sentence.
	async outcome(outcome) {
		await awaited(`outcome ${outcome}`, async () =>
			(await this.all(`[data-outcome="${outcome}"]`)).length > 0);
		return this.text(`[data-outcome="${outcome}"]`);
	}

	// Waits for NAME to be on the disk, whole: until then there is a file of another
	// name, in Firefox beside an empty one of this.
	async saved(name) {
		const file = path.join(this.downloads, name);
		await awaited(`download ${name}`, () => fs.existsSync(file) && fs.statSync(file).size > 0 &&
			!fs.readdirSync(this.downloads).some(other => PARTS.test(other)));
		return fs.readFileSync(file);
	}

	// What is in the folder for downloads.
	files() {
		return fs.readdirSync(this.downloads).sort();
	}

	// Removes what was downloaded.
	forget() {
		fs.rmSync(this.downloads, { recursive: true });
		fs.mkdirSync(this.downloads);
	}
}

class Chromium extends Browser {
	async begin({ scripts = true }) {
		const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
			'--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1',
			'--remote-debugging-pipe', '--lang=en', `--user-data-dir=${this.place}/profile`];
		const prefs = {
			'download.default_directory': this.downloads,
			'download.prompt_for_download': false,
			'intl.accept_languages': 'en',
		};
		if (!scripts) {
			prefs['profile.managed_default_content_settings.javascript'] = 2;
		}
		this.remote = new Driver();
		await this.remote.begin({
			browserName: 'chrome',
			'goog:chromeOptions': { binary: told('CHROMIUM'), args, prefs },
		});
		// else a page believes at times that another window is in front of it
		await this.cdp('Emulation.setFocusEmulationEnabled', { enabled: true });
		await this.cdp('Network.enable');
	}

	// Commands of Chromium's own, for what WebDriver lacks.
	cdp(cmd, params = {}) {
		return this.remote.call('POST', `${this.remote.session}/goog/cdp/execute`, { cmd, params });
	}

	// Until a page is whole and on the screen, Chromium drops what is typed.
	async settled() {
		await awaited('a whole page', () => this.evaluate('document.readyState === "complete"'));
		await this.screenshot('/dev/null');
	}

	// Looks at the page as WIDTH pixels wide, in the "light" or "dark" scheme; with
	// FORCED in few colours that the reader has chosen.
	async look(width, scheme, { forced = false, height = width < 700 ? 740 : 800 } = {}) {
		await this.cdp('Emulation.setDeviceMetricsOverride', { width, height,
			deviceScaleFactor: 1, mobile: width < 700 });
		await this.cdp('Emulation.setEmulatedMedia', { features: [
			{ name: 'prefers-color-scheme', value: scheme },
			{ name: 'forced-colors', value: forced ? 'active' : 'none' }] });
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

// Without any driver.
class Firefox extends Browser {
	async begin({ scripts = true }) {
		const profile = path.join(this.place, 'profile');
		const prefs = {
			'browser.download.folderList': 2,
			'browser.download.dir': this.downloads,
			'browser.download.useDownloadDir': true,
			'browser.download.always_ask_before_handling_new_types': false,
			'browser.download.alwaysOpenPanel': false,
			'browser.shell.checkDefaultBrowser': false,
			'datareporting.policy.dataSubmissionEnabled': false,
			'toolkit.telemetry.reportingpolicy.firstRun': false,
			'network.proxy.type': 0,
			'intl.accept_languages': 'en',
			'javascript.enabled': scripts,
			'marionette.port': 0, // any that is free
		};
		fs.mkdirSync(profile);
		fs.writeFileSync(path.join(profile, 'user.js'), Object.entries(prefs).map(([name, value]) =>
			`user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
		this.process = spawn(told('FIREFOX'), ['--headless', '--marionette', '--no-remote',
			'--profile', profile], { stdio: 'ignore' });
		process.once('exit', () => this.process.kill('SIGKILL'));
		const port = path.join(profile, 'MarionetteActivePort');
		this.remote = new Marionette();
		await this.remote.begin(await awaited('Firefox', () =>
			fs.existsSync(port) && Number(fs.readFileSync(port, 'utf8'))));
	}

	async stop() {
		await this.remote.send('Marionette:Quit', { flags: ['eForceQuit'] });
		this.remote.socket.destroy();
		await awaited('the end of Firefox', () =>
			this.process.exitCode !== null || this.process.signalCode !== null);
	}
}

// What iPhones have, in the smallest browser round it. It saves where the user's
// downloads go.
class WebKit extends Browser {
	async begin() {
		this.downloads = path.join(tmp, 'browser/Downloads');
		fs.mkdirSync(this.downloads, { recursive: true });
		this.remote = new Driver();
		await this.remote.begin({ 'webkitgtk:browserOptions': { binary: told('MINIBROWSER'),
			args: ['--automation'] } });
	}
}

const engines = { chromium: Chromium, firefox: Firefox, webkit: WebKit };

module.exports = { Browser, awaited, base, code, deliver, deliveries, finish, form, is, like, ok,
	settings, shopFolder, sold, told, value, walk };
