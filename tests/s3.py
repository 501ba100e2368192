"""An owner's tools for a store, by botocore, the library of Amazon's own.

s3.py put ENDPOINT REGION KEY SECRET BUCKET DIRECTORY
    makes the bucket, and puts the files of DIRECTORY into it

s3.py compare PRESIGN SCRATCH SEED COUNT
    signs COUNT random links, and has PRESIGN, built from presign.c, do so, too;
    prints the first that differ, and how many are equal: byte for byte, once the
    parameters are in the order of their names
"""
import datetime
import os
import random
import re
import string
import subprocess
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.auth
import botocore.session
from botocore.config import Config

UNIX = datetime.datetime(1970, 1, 1)


def client(session, endpoint, region, style):
    """A client that sends nothing but what it is told to."""
    return session.create_client(
        's3', endpoint_url=endpoint, region_name=region,
        config=Config(signature_version='s3v4', s3={'addressing_style': style}))


def put(endpoint, region, key, secret, bucket, directory):
    """Fills a bucket."""
    session = botocore.session.Session()
    session.set_credentials(key, secret)
    store = client(session, endpoint, region, 'path')
    store.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={'LocationConstraint': region})
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, 'rb') as file:
                store.put_object(Bucket=bucket, Key=os.path.relpath(path, directory),
                                 ContentType='application/zip', Body=file)


class Clock(datetime.datetime):
    """What botocore asks for the time."""
    time = UNIX

    @classmethod
    def utcnow(cls):
        return cls.time


def saved_as(disposition):
    """The name that a browser saves a file under (RFC 6266)."""
    whole = re.search(r"; filename\*=UTF-8''([^; ]*)$", disposition)
    if whole:
        return unquote(whole.group(1), errors='strict')
    return re.fullmatch('attachment; filename="([^"\\\\]*)"', disposition).group(1)


def in_order(link):
    """LINK with its parameters in the order of their names."""
    start, _, query = link.partition('?')
    return start + '?' + '&'.join(sorted(query.split('&')))


def characters(least, most, *alphabets):
    """A random string of them."""
    return ''.join(random.choice(random.choice(alphabets))
                   for _ in range(random.randint(least, most)))


def file_name():
    """A name that may be sold: printable, and it does not begin with a dot."""
    odd = string.punctuation.replace('/', '') + ' '
    letters = 'äöüßéñçøåłžőđæþ\u0308\u0301夜歌の日本中文éابגд€™🎵\u00a0\u200d'
    start = characters(1, 1, string.ascii_letters, string.digits)
    return start + characters(0, 25, string.ascii_letters, odd, letters) + '.zip'


def compare(presign, scratch, seed, count):
    """By both, and who differs."""
    random.seed(seed)
    botocore.auth.datetime = type('clock', (), {'datetime': Clock})
    plain = string.ascii_letters + string.digits
    session = botocore.session.Session()
    session.set_credentials('key', 'secret')
    credentials = session.get_credentials()
    hosts = [
        (style, f'{scheme}://{host}{port}', region)
        for style in ('path', 'virtual')
        for scheme, host, port, region in (
            ('https', 's3.eu-central-1.amazonaws.com', '', 'eu-central-1'),
            ('https', 'fra1.store.example', ':9000', 'auto'),
            ('http', 'store.example', ':8080', 'us-east-1'),
            ('http', 's3.store.example', '', 'fr-par'))
    ] + [('path', 'http://127.0.0.1:9000', 'us-east-1')]
    clients = [(style, endpoint, region, client(session, endpoint, region, style))
               for style, endpoint, region in hosts]
    settings = os.path.join(scratch, 'settings')
    equal = 0

    for number in range(int(count)):
        style, endpoint, region, store = clients[number % len(clients)]
        when = random.randint(946684800, 4102444799)
        seconds = random.randint(1, 604800)
        bucket = characters(3, 20, string.ascii_lowercase, string.digits)
        prefix = random.choice(['', 'shop', 'shop/2027', "a+b&'c~%"])
        path = '/'.join(file_name() for _ in range(random.randint(1, 3)))
        credentials.access_key = characters(3, 40, plain, ':+/=-_')
        credentials.secret_key = characters(1, 60, plain, string.punctuation)
        credentials.token = random.choice([None, characters(1, 900, plain, plain, '+/=')])
        lines = {
            'home': scratch, 'delivery': 's3', 's3-endpoint': endpoint,
            's3-region': region, 's3-bucket': bucket, 's3-style': style,
            's3-prefix': prefix, 's3-key': credentials.access_key,
            's3-secret': credentials.secret_key, 's3-token': credentials.token}
        with open(settings, 'w', encoding='utf-8') as file:
            file.writelines(f'{key}: {value}\n' for key, value in lines.items() if value)
        os.chmod(settings, 0o600)

        name = path.split('/')[-1]
        ours = subprocess.run(
            [presign, str(when), str(seconds), path, name], text=True, encoding='utf-8',
            env={'REDEEM_CONF': settings}, stdout=subprocess.PIPE, check=True).stdout.strip()
        [disposition] = parse_qs(urlsplit(ours).query)['response-content-disposition']
        Clock.time = UNIX + datetime.timedelta(seconds=when)
        theirs = store.generate_presigned_url(
            'get_object', ExpiresIn=seconds, Params={
                'Bucket': bucket, 'Key': f'{prefix}/{path}' if prefix else path,
                'ResponseContentDisposition': disposition})
        if in_order(ours) == in_order(theirs) and saved_as(disposition) == name:
            equal += 1
        elif number - equal < 3:
            print(f'seed {seed}, link {number}, {path}:\n{in_order(ours)}\n{in_order(theirs)}')
    print(f'{equal} of {count}')


if __name__ == '__main__':
    {'put': put, 'compare': compare}[sys.argv[1]](*sys.argv[2:])
