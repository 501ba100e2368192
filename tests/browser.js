'use strict';
// The buyer's ways through the shop, each a function: those that the arguments
// name, without arguments all; where the files come by several deliveries, the
// first has them all and the others what differs. With `unscripted` all is done
// once more in a browser that runs no scripts.

const { Browser, awaited, code, deliver, deliveries, finish, form, is, like, ok, settings, sold,
	value, walk } = require('./webdriver.js');

const one = ['uses: 0', 'limit: 1', 'file: first-light.zip'];
const LINK = /\/secure\/|redeem\.cgi\/\d/; // an address that opens for a short time
const two = ['uses: 0', 'limit: 3', 'file: first-light.zip', 'file: Second Light.flac'];

function same(name, got, file) {
	ok(`${name}: the right bytes are on the disk`, got.equals(sold(file)), `${got.length} bytes`);
}

async function at(browser, name, id) {
	is(`${name}: the keyboard is there`, await browser.focus(), id);
}

// One file: the page inside the link starts it, once.
async function started(browser, name) {
	same(name, await browser.saved('first-light.zip'), 'first-light.zip');
	like(`${name}: the page says that it has started`, await browser.outcome('files'),
		/has started\..* until \d\d:\d\d\./);
	is(`${name}: nothing is wrong any more`, (await browser.all('[role="alert"]')).length, 0);
}

async function mistyped(browser, name) {
	code('7K3M9QXA2FTF', ...one);
	await browser.open(form);
	await browser.outcome('form');
	await at(browser, `${name}, the form`, 'redeem-code');
	await browser.press('7k3m 9qxa 2ftg', 'Enter');
	like(`${name}: says so`, await browser.outcome('mistyped'), /mistyped/);
	is(`${name}: aloud`, await browser.attribute('#redeem-message', 'role'), 'alert');
	is(`${name}: is kept`, await browser.property('#redeem-code', 'value'), '7k3m 9qxa 2ftg');
	is(`${name}: costs nothing`, value('7K3M9QXA2FTF', 'uses'), '0');
	await at(browser, `${name}, the field`, 'redeem-code');
	await browser.press('End', 'Backspace', 'f', 'Enter');
	await started(browser, `${name}, corrected`);
	is(`${name}, corrected: one use`, value('7K3M9QXA2FTF', 'uses'), '1');
	like(`${name}, corrected: what is left`, await browser.text('#redeem-left'), /last download/);
	like(`${name}, corrected: what costs nothing`, await browser.text('#redeem-retry'), /costs nothing/);
}

// On the page that the walk above has left: a tap on the file; then the code once
// more.
async function again(browser, name) {
	const link = value('7K3M9QXA2FTF', 'link');
	await browser.click('#redeem-files a');
	same(`${name}, a tap`, await browser.saved('first-light.zip'), 'first-light.zip');
	browser.forget();
	await browser.open(form);
	await browser.press('7k3m9qxa2ftf', 'Enter');
	await started(browser, name);
	is(`${name}: still one use`, value('7K3M9QXA2FTF', 'uses'), '1');
	is(`${name}: the same link`, value('7K3M9QXA2FTF', 'link'), link);
}

async function list(browser, name) {
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several 1', 'Enter');
	like(`${name}: until when`, await browser.outcome('files'), /2 minutes, until \d\d:\d\d\./);
	like(`${name}: what is left`, await browser.text('#redeem-left'), /2 downloads left/);
	await browser.click('#redeem-files li:first-child a');
	same(`${name}, the first`, await browser.saved('first-light.zip'), 'first-light.zip');
	await browser.reload();
	await browser.outcome('files');
	await browser.click('#redeem-files li:last-child a');
	same(`${name}, loaded again, the last`, await browser.saved('Second Light.flac'),
		'Second Light.flac');
	is(`${name}: one use`, value('SEVERAL1', 'uses'), '1');
}

// No mouse: the list of files, and Enter on each.
async function keyboard(browser, name) {
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several1', 'Tab');
	await at(browser, `${name}, after the field the button`, 'redeem-button');
	await browser.press('Enter');
	await browser.outcome('files');
	await browser.tab();
	await browser.press('Enter');
	same(`${name}, the first`, await browser.saved('first-light.zip'), 'first-light.zip');
	await browser.tab();
	await browser.press('Enter');
	same(`${name}, the next`, await browser.saved('Second Light.flac'), 'Second Light.flac');
}

async function card(browser, name) {
	code('7K3M9QXA2FTF', ...one);
	await browser.open(`${form}?code=7K3M-9QXA-2FTF`);
	await browser.outcome('form');
	is(`${name}: fills the form in`, await browser.property('#redeem-code', 'value'),
		'7K3M-9QXA-2FTF');
	await browser.reload();
	await browser.outcome('form');
	is(`${name}: spends nothing`, value('7K3M9QXA2FTF', 'uses'), '0');
	is(`${name}: makes no link`, value('7K3M9QXA2FTF', 'link'), undefined);
	await at(browser, `${name}, the button`, 'redeem-button');
	await browser.press('Enter');
	await started(browser, name);
	is(`${name}: then one use`, value('7K3M9QXA2FTF', 'uses'), '1');
	browser.forget();
	await browser.back();
	await browser.outcome('form');
	is(`${name}: Back leads to the form`, await browser.url(), `${form}?code=7K3M-9QXA-2FTF`);
	is(`${name}: and starts nothing`, browser.files(), []);
}

// Waits until the page of a link has closed.
async function closing(browser) {
	// which a slow machine may reach when it is over already
	await awaited('the link', async () => (await browser.url()).match(LINK));
	await awaited('the end of the link', async () => {
		await browser.reload();
		return (await browser.all('[data-outcome="link-closed"]')).length > 0;
	});
}

async function late(browser, name) {
	settings('window: 2', 'grace: 0', 'retry: 0');
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several1', 'Enter');
	await closing(browser);
	like(`${name}: says why`, await browser.text('main'), /short time\..*enter your code again/s);
	settings('grace: 0', 'retry: 0');
	await browser.tab();
	await at(browser, `${name}, the form in the page`, 'redeem-code');
	await browser.press('several1', 'Enter');
	await browser.outcome('files');
	is(`${name}: a new link is a new use`, value('SEVERAL1', 'uses'), '2');
}

// A tap on a file when its link is over shows why, and saves nothing.
async function tapped(browser, name) {
	settings('window: 2', 'grace: 0');
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several1', 'Enter');
	await browser.outcome('files');
	const link = (await browser.attribute('#redeem-files li:last-child a', 'href'));
	await awaited('the end of the link', async () =>
		(await fetch(new URL(link, await browser.url()), { redirect: 'manual' })).status >= 400);
	await browser.click('#redeem-files li:last-child a');
	like(`${name}: says why`, await browser.outcome('link-closed'), /short time/);
	is(`${name}: saves nothing`, browser.files(), []);
}

// A download that broke off, after the window: free in the same browser, though the
// code has no use left.
async function retry(browser, name) {
	settings('window: 2', 'grace: 0');
	code('7K3M9QXA2FTF', ...one);
	await browser.open(form);
	await browser.press('7k3m9qxa2ftf', 'Enter');
	await closing(browser);
	const link = value('7K3M9QXA2FTF', 'link');
	browser.forget();
	settings('grace: 0');
	await browser.tab();
	await at(browser, `${name}, the form in the page`, 'redeem-code');
	await browser.press('7k3m9qxa2ftf', 'Enter');
	await started(browser, name);
	is(`${name}: one use`, value('7K3M9QXA2FTF', 'uses'), '1');
	ok(`${name}: another link`, value('7K3M9QXA2FTF', 'link') !== link);
}

// As a program beside the page might: shows that there is none, or that there is.
async function scriptsOf(browser) {
	await browser.open('data:text/html,<p>off</p><script>document.querySelector("p").textContent="on"</script>');
	return browser.text('p');
}

async function walks(how, options, list) {
	const browser = await Browser.start(options);
	try {
		for (const go of list) {
			browser.forget();
			settings();
			await walk(`${how}, ${go.name}`, () => go(browser, `${how}, ${go.name}`));
		}
	} finally {
		await browser.stop();
	}
}

// A browser without scripts, which is shown to be that.
async function unscripted() {
	for (const scripts of [true, false]) {
		const browser = await Browser.start({ scripts });
		try {
			is('scripts', await scriptsOf(browser), scripts ? 'on' : 'off');
		} finally {
			await browser.stop();
		}
	}
}

(async () => {
	const all = [mistyped, again, list, keyboard, card, late, tapped, retry];
	const differing = [mistyped, list, tapped];
	const wanted = process.argv.slice(2).filter(word => word !== 'unscripted');
	const chosen = go => wanted.length === 0 || wanted.includes(go.name);
	for (const lines of deliveries) {
		const list = lines === deliveries[0] ? all : differing;
		deliver(lines);
		await walks(lines.replace(/:.*\//, ': ').split('\n')[0], {}, list.filter(chosen));
	}
	if (process.argv.includes('unscripted')) {
		deliver(deliveries[0]);
		await unscripted();
		await walks('without scripts', { scripts: false }, all.filter(chosen));
	}
	finish();
})();
