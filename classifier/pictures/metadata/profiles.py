"""The ICC profiles that stay in a file, because they do not identify its author.

Digests of published profiles, from public collections of pictures and from
https://github.com/saucecontrol/Compact-ICC-Profiles (CC0).
"""

import hashlib

from ..colours import icc
from .exceptions import NotStripped

KNOWN = {
    # sRGB: Hewlett-Packard's as cameras write it, ICC's, Google's, Apple's, Skia's,
    # Facebook's c2, and the compact ones
    "2b3aa1645779a9e634744faf9b01e9102b0c9b88fd6deced7934df86b949af7e",
    "3f6d674174f3804eb0dabdac90ae17486e898c5063a66f861c116ea033da8301",
    "a8e4d0dcd76a6ca2dff3aa8dbd251d465bc826836807ec0dbb3e790ff3d54fbf",
    "60ae3db742b30832d26f8b7c9098cc4ab8683382c00a81ec95d61b93b91c1995",
    "c4c1153168e817be61a676e403c370ce2c485a6bd54fbb59c3850845cfefad00",
    "f1932003689e9412798ea432ad57c04da8b4cf235f9d132f56089fb509651e0c",
    "aabc5df3dbfdd77be604fb5706c1ffed698e24ebb59d255f34485ea51b9a6f51",
    "785208cece82e336c845f6e9548310a714b25146830197707db00759751bd439",
    "be1eccdf7ba1b4c2b13dae337d96b87040fc9206d2d388f7fbed8187cf2c5a6c",
    "59282c6a63eacd72673e3bb9356412b7cbb71944436b7780a1b845bd777e4c72",
    "61bb24bd075ae1179b562cb484a2737fa63bcf35133a951843db1f1f7c97ce7f",
    "88309750b4d3e89bd82edfb350fe0a351eec8997fda0b85302cc9dd96c094b23",
    "c56e1685d888f5edb92fe07f2750f387f8fe8e91b32ff8fb0b56bfbbb9458353",
    "af4efe28f6d311799865f325ba39184a2e978b113ca74124d60af7de22b105f4",
    "0a8a33aea66a6f154a5642ebe168ef287e73265d9f7b51c42a45e6eedbacda7a",
    "72c1355ac9fa7c7e626e1faa30bd4ef89e57a3d039df249f9ca3f0aed98b3c58",
    # Display P3: Apple's of 2015, 2017 and 2022, and the compact ones
    "7e1c7ec53e8ea35fed3e169dee62115ac045f26c7bc256fab16a5c26c29eacbd",
    "e468e89239fc0493d5e8fb9b014e91b210c6caa73c81edf04c3d21a734f377cc",
    "20789fdbea9835251a4f0796c8bf45cbd964896044886540da21ffc7457af0ab",
    "231752984cd4a5278e1b8d2390fe496767d4511fc81f54e1a5c69ae9ab4c42b5",
    "fa7905dea9d49e775f4e367966e6fc3411e843b44ea91fd7908104b7943a1446",
    "cdb9ed06df5cc3be0c24f097407a490daee8ffce764fa8ff1dd66c8b5a591eb7",
    "cb51de38e482ee974c0c76b9689e16aad04bad16e226fed2f30c842d15ff3a3d",
    "4564e3575b10133dfe34097696ce54eb0c4bb7ad5278d999f7ef68938ba8d372",
    "a917f04df365b7331e614a32ea309975006e851b5a39ecb9ace8f07172e9ef6e",
    # Adobe RGB (1998): of 1999 and 2000, and the compact ones
    "e5f6ffb83b6d3491301dd750975684cc5cc2a1951c994a14b08cfdaa0d75a041",
    "07c1e0738ba6068b961ab698e24d5d9c06f71d4ee1d863aed239a24dd1fb8896",
    "304f569a83c1e5eddaddac54e99ed03339333db013738bb499ab64f049887e28",
    "964ccbe9727be302570249d6b5675d7a53e78974ace598a2eda562c0b095fb79",
    "60fb2adecacf82132db0b1c09b303316f3bbd9e2823e7ba096d01627d12d57c9",
    "1e35b53d118eba6835a7bac06137ea87cd5ad6eee97b20a88b29ab6356b00e43",
    # Generic RGB: Apple's of 2002 and 2007, in screenshots
    "eb03db58ff1f226c83103a11f30b5520f9b68a7ced67daa78992723e3ea0411d",
    "283e482d9b10db98fb7df2f6ef4bdf4ddf8de5a07d2c7530cc361ec4b29ed39a",
    # ProPhoto RGB: Kodak's, and the compact ones
    "0a8ef7d1d958d98225b3b71d93d9e8e3cecd9c302e014973d025d2a977ecf27c",
    "090daf740c136b4a63bf979d64f034b4a65aa5abbb04a0917729222afe2bb5c2",
    "59d1ef4f6b882d0d923bdaed86268f55dd30a8d102f4882aad9c2bbe9fb340c9",
    "00b0ac58f99189b071bfca63b5434fd9f48ad08c92b17e6ce525e54b9d1a8319",
    # Rec. 2020: the compact ones
    "aefd0745fc9267d7387e6f10c6e739a354664b179194b02effc880c63f74ec8c",
    "5fa064e6456b9b719e445f07038442fac6e9c5153e187f36e1ba4bcf23fb975b",
    "135ebd418b668c0ca56a8dea6d262c4deccae8166e0ca8264b7d7f35863ccb4b",
    # Grey: gamma 2.2 by Adobe and Apple, Dot Gain 20 %, and the compact ones
    "653b586c4707574ffcd648ba35494daed2c76ceafcf4c07d315ed961b1dc347f",
    "eefbe1e4f64e2d3dc1614343a47c57aa5ab1e88e8ee1f8bc7f22cd097595bb65",
    "70dda7e581df240ed9f7eb467fa8624153aa32f37a4cd6054e934872f8f2dff4",
    "ac2805b9e07b6fa3ba7406aa48e84d87041097da66220cc2a385e17bb2893cc1",
    "010676406dbfc641776154fd3603adef7bace317a26027a33066891975621820",
    "4110169287e5f1b5149ca9f1da1814d32943905bba8030e849d1a3b729a19481",
    "00c0f94e09127520a17dc0e1d9264b5702081d96dbdb1549ee88e3631ce42a9d",
    # CMYK: Adobe's U.S. Web Coated (SWOP) v2 and Coated FOGRA39
    "4855b8fabb96bdc6495d45d089bb8c8efb1ae18389e0dc9e75a5f701a9c0b662",
    "06308db78447394228e90ea0f6c64d8adab627d18abb2bea9de573112de846f8",
}


def is_kept(profile):
    """Tell whether a profile stays in a file; one that changes no colour is removed.

    Raises:
        NotStripped: without the profile the picture would look different.
    """
    if hashlib.sha256(profile).hexdigest() in KNOWN:
        return True
    if icc.is_srgb(profile):
        return False
    raise NotStripped("Its colours need a profile that may name somebody.")
