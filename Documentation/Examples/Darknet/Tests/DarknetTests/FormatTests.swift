import AttributionKit
import DarknetPlugin
import Tensors
import Testing

@Suite struct FormatTests {
  @Test(arguments: [
    ("[net]", true), ("\n# one\n; two\n [ net ] \nheight=2", true), ("[network]\r\n", true), ("[section]", false),
    ("", false), ("net", false), ("{\"net\": 1}", false), ("\u{8}\u{7}:\u{1}x", false),
  ]) func `a file is recognised by its first line that says something`(text: String, isOurs: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { DarknetFormat().recognizes($0, at: "anything.bin") } == isOurs)
  }

  @Test(arguments: [
    ("[avgpool]", "[route]", "[route] on line 11 is not read"),
    ("filters=1", "filters=one", "filters=one in [convolutional] on line 7 is not a whole number"),
    ("filters=1", "groups=2", "groups in [convolutional] on line 7 is not supported"),
    ("activation=relu", "activation=mish", "'mish' on line 7 is not read; known are"),
    ("channels=1", "", "[net] on line 2 does not say its channels"),
    ("[avgpool]", "[maxpool]\nsize=9\npadding=0", "[maxpool] on line 11 is greater than its input"),
    ("[avgpool]", "avgpool", "line 11 of the configuration is neither"),
    ("[avgpool]\n[connected]\noutput=2\nactivation=linear", "", "not one score per class"),
  ]) func `what cannot be read is told by its line`(old: String, new: String, sentence: String) throws {
    let text = Networks.tiny.replacing(old, with: new)
    let count = new.isEmpty && old.hasPrefix("[avgpool]") ? 2 : 6
    let files = try Files(text, weights: Array(Networks.tinyWeights.prefix(count)))
    let refusal = #expect(throws: Refusal.self) { try files.open() }
    #expect(refusal?.description.contains(sentence) == true, "\(refusal?.description ?? "")")
  }

  @Test func `files from Windows are read`() throws {
    let files = try Files(Networks.tiny.replacing("\n", with: "\r\n"), weights: Networks.tinyWeights)
    let opened = try DarknetFormat().open(ModelRequest(path: files.path))
    #expect(opened.outputShape == [2] && opened.producer == "Darknet")
    #expect(opened.preprocessing?.resize == .centerCrop(keeping: 1))
  }

  @Test func `weights that are too few, too many or missing are told`() throws {
    for (weights, sentence) in [
      (Array(Networks.tinyWeights.dropLast()), "ends within [connected] on line 12, which takes 2 more numbers"),
      (Networks.tinyWeights + [1], "1 numbers are left over"),
    ] {
      let files = try Files(Networks.tiny, weights: weights)
      let refusal = #expect(throws: Refusal.self) { try files.open() }
      #expect(refusal?.description.contains(sentence) == true, "\(refusal?.description ?? "")")
    }
    let files = try Files(Networks.tiny, weights: [])
    try files.write([1, 2, 3], to: "net.weights")
    #expect(throws: Refusal.self) { try files.open() }
  }

  @Test func `damaged files are refused or read, and nothing else`() throws {
    let files = try Files(Networks.whole, weights: Networks.wholeWeights)
    let whole = try files.bytes("net.cfg")
    var generator = SplitMix64(seed: 11)
    var refused = 0
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<3 {
        let place = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8(ascii: "9"), at: place)
        }
      }
      try files.write(bytes, to: "net.cfg")
      do { _ = try files.open() } catch is Refusal { refused += 1 }
    }
    #expect(refused > 100)
  }
}
