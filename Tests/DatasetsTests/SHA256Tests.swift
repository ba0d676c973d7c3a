import Datasets
import Testing

@Suite struct SHA256Tests {
  @Test func `texts of all lengths around a block have the hashes that the standard gives them`() {
    #expect(SHA256.hex(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    // In pieces as at once, wherever the pieces end.
    let text = String(repeating: "limn", count: 40)
    for cut in 0...text.utf8.count {
      var hash = SHA256()
      hash.update(Array(text.utf8.prefix(cut)))
      hash.update(Array(text.utf8.dropFirst(cut)))
      #expect(hash.hex() == SHA256.hex(of: text), "\(cut)")
    }
  }
}
