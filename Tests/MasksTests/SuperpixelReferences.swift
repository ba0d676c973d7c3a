import Masks
import Tensors

/// Superpixels of a small drawn picture by scikit-image 0.26, a letter for each segment; made by
/// `Tests/Tools/superpixel_references.py`.
enum SuperpixelReferences {
  static let height = 30, width = 40

  /// Three discs before a slope of grey, with grain: whole multiples of 1/256.
  static let picture: Tensor = {
    let discs = [(10, 9, 7, [200, 60, 50]), (18, 27, 9, [60, 190, 80]), (7, 31, 5, [70, 80, 220])]
    var picture = Tensor(repeating: 0, shape: [3, height, width])
    for y in 0..<height {
      for x in 0..<width {
        let disc = discs.last { (y - $0.0) * (y - $0.0) + (x - $0.1) * (x - $0.1) <= $0.2 * $0.2 }
        let color = disc?.3 ?? [40 + 3 * x, 60 + 2 * y, 90 + x + y]
        for c in 0..<3 {
          let grain = UInt32(truncatingIfNeeded: (x * 37 + y * 57 + c * 11) * 2_654_435_761) >> 27
          picture[(c * height + y) * width + x] = Float(color[c] + Int(grain)) / 256
        }
      }
    }
    return picture
  }()

  /// What `slic(image, n_segments=20, compactness=10)` gives.
  static let slic20 = """
    aaaaaaaaaaaaabbbbbbbbbbbbbcccccccccccccc
    aaaaaaaaaaaaabbbbbbbbbbbbbcccccccccccccc
    aaaaaaaaaaaaabbbbbbbbbbbbbbccccdcccccccc
    aaaaaaaaaeaaabbbbbbbbbbbbbbcdddddddccccc
    aaaaaaeeeeeeebbbbbbbbbbbbbbdddddddddcccc
    aaaaaeeeeeeeeebbbbbbbbbbbbbdddddddddcccc
    eeaaeeeeeeeeeeebbbbbbbbbbbbdddddddddcccc
    eeeeeeeeeeeeeeeebbbbbbbbbbdddddddddddccc
    eeeeeeeeeeeeeeeebbbbbbbbbbbddddddddddccc
    eeeeeeeeeeeeeeeebbbbbbbbbbbddddddddddccc
    eeeeeeeeeeeeeeeeebbbbbbffffddddddddddddc
    geeeeeeeeeeeeeeebbbbbbffffffdddddddfffdd
    gggeeeeeeeeeeeeeeebbbffffffffffdffdfffff
    gggeeeeeeeeeeeeeeeebffffffffffffffffffff
    ggggeeeeeeeeeeeeeeefffffffffffffffffffff
    gggggeeeeeeeeeeeeeefffffffffffffffffffff
    ggggggeeeeeeeeeeeeeffffffffffffffffhffff
    ggggggeeeeeeeeeeeeefffffffffffffffhhffff
    ggggggeeeiiiiiieeefffffffffffffffhhhhfff
    gggggggeeiiiiiiiieffffffffffffffhhhhffff
    gggggggggiiiiiiiiifffffffffffffhhhhhffff
    jjjggggiiiiiiiiiffffffffffffffhhhhhhffff
    jjjjjggiiiiiiiiifffffffffffffhhhhhhhffff
    jjjjjjjiiiiiiiiiffffffffffffhhhhhhhkkfkk
    jjjjjjjjiiiiiiiiffffffffffhhhhhhhhkkkkkk
    jjjjjjjjiiiiiiiiikfffffffhhhhhhhhhkkkkkk
    jjjjjjjjjiiiiiiiikkkffffhhhhhhhhkkkkkkkk
    jjjjjjjjjjiiiiiiikkkkffkkkkhkkhhkkkkkkkk
    jjjjjjjjjjjiiiiiikkkkkkkkkkkkkkkkkkkkkkk
    jjjjjjjjjjjiiiiiikkkkkkkkkkkkkkkkkkkkkkk
    """

  /// What `slic(image, n_segments=60, compactness=1)` gives.
  static let slic60 = """
    aaaaaaaabbbbbbbbcccccccddddddddeeeeeeeee
    aaaaaaaabbbbbbbbcccccccddddddddeeeeeeeee
    aaaaaaaabbbbbbbbcccccccddddddddfeeeeeeee
    gggaaaaaabbbbbbbbbccccchhdddfffffffeeeee
    ggggaaaaabbbbbbbbbbccccchhhfffffffffeeee
    ggggaaaaabbbbbbbbbiiiccchhhfffffffffeeee
    ggggaaaaabbbbbbbbbiiiiichhhfffffffffeeee
    gggaaaaaabbbbbbbbiiiiiiiihjjfffffffjjeee
    ggggaaaaabbbbbbbkkiiiiiiiijjjfffffjjjeee
    gggggaaabbbbbbbbkkkkiiiiiiijjjfffjjjjeee
    gggggaabbbbbbbbbkkkkkkiiiiijjjjfjjjjleee
    ggggaaabbbbbbbbbkkkkkkiiiiijjjjjjjjjllle
    gggaaaabbbbbbbbbkkkkkiiiiiijjjjjjjjjllll
    gggggabbbbbbbbbbkkkkkiiiiiijjjjjjjjjllll
    ggggggbbbbbbbbbbkkkiiiiiiiijjjjjjjjjmlll
    ngggggbbbbbbbbookkkiiiiiiijjjjjjjjjjmmll
    nnggggbbbbbbbooookkiiiiiiijjjjjjjjjjmmmm
    nnnnggbbbbbbbooooooiiiiiijjjjjjjjjjjmmmm
    nnnnnnbbbbbbbooooooiiiiiijjjjjjjjjjjmmmm
    nnnnnnnbbbbbbooooooiiiiijjjjjjjjjjjjjmmm
    ppnnnnnnnbbbbooooooiiiiijjjjjjjjjjjjjjmm
    pppnnnnqqqqboooooooiiiiijjjjjjjjjjjjjjjm
    pppppnnqqqqqqooorrriiiiijjjjjjjjjjjjjjjj
    pppppppqqqqqqqoorrrriiijjjjjjjjjjjjssjjj
    pppppppppqqqttoorrrrriijjjjjjjjjjjsssssj
    upppppppppqqttttrrrrrijjjjjjjjjjjjssssss
    uuuppppppvvqttttttwwrjjjjjjjjjjjxxxsssss
    uuuupppppvvvvttttttwwjjjyyyjyjjjxxxxssss
    uuuuuppppvvvvvvtttttwwwjyyyyyyjjxxxxxxss
    uuuuuuuvvvvvvvvtttttwwwwwyyyyyyyxxxxxxxx
    """

  /// What `quickshift(image, kernel_size=2, max_dist=6, ratio=0.5)` gives.
  static let quickshift = """
    aaaaabbacccccdccccccddcccccceccffffggfff
    baaaaaabaaccccddccccccdcccccceecfffffgff
    abaaaaaabbacccccdccccccddccccccheffffffg
    aaabaaaaaibbccccccdccccccddcjjjjjhjfffff
    aaaabbkiiiiilccccccddcccccchjjjjjjhhffff
    aaaaaillkiiiiidccccccddccccjjhjjjjjjggff
    bbaaiiiilkkiiiiddccccccdcccjjjhhjjjjffgf
    aabkkiiiillkkiiicddccccccdjjjjjjhhjjjfff
    aaailkkiiiillkiicccdccccccdhjjjjjjhjffff
    maaiillkiiiiilkkccccddcccccjhhjjjjjjnfff
    omkiiiillkiiiiilkmccccdpqqqjjjhjjjjjrnnf
    mookiiiiilkkiiiiddmcccqqpqqqjjjhhjjrrrrn
    mmmllkiiiiilkkiiccddmqqqqqpqqqqjqpnsrrrr
    mmmiilkkiiiillkiccccpqqqqqqppqqqqqqnssrr
    mmmmiillkiiiiilmmccqqqpqqqqqqppqqqqqsnss
    mommmiiillkiiimmtmmqqqqppqqqqqqpqqqqssnn
    mmoommiiiilkkmmmmttqqqqqqpqqqqqqppqqssss
    mmmmoommmimmtmmmmmmppqqqqqqpqqqqqqppssss
    mmmmmmommmmmmttmmmqqqpqqqqqqppqqqqqqpsss
    ommmmmmoommmmmmttmmqqqqpqqqqqqppqqqqssns
    mmommmmmmoommmmmmtmqqqqqppqqqqqqpqqqsssn
    mmmoommmmmmommmmmmtpqqqqqqppqqqqqqpqssss
    mmmmmoommmmmmtmmmmmqppqqqqqqpqqqqqqpusss
    ommmmmmommmmmmttmmmmqqpqqqqqqppqqqqssuss
    moommmmmmommmmmmttmmmqqqpqqqqqqppqsssssu
    mmmommmmmmoommmmmmtmmmqqqppqqqqqqussssss
    mmmmoommmmmmommmmmmmtmmqqqqppqqqsssussss
    mmmmmmoommmmmmtmmmmmmttmvvvqvwvvssssuuss
    oommmmmmommmmmmttmmmmmmtmmvvvvwwvvssssuu
    mmoommmmmmommmmmmttmmmmmmtmmvvvvwwvsssss
    """

  /// The segmentation that a text of letters is.
  static func segmentation(_ text: String) -> Segmentation {
    Segmentation(text.utf8.filter { $0 != 10 }.map(Int.init), height: height, width: width)
  }
}
