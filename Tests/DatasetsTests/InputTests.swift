import Datasets
import Explaining
import Foundation
import Images
import Tensors
import Testing

@Suite struct InputTests {
  @Test func `folders are gone through in the order of names, patterns choose`() throws {
    let scratch = try Scratch(), root = scratch.path
    for name in ["b/2.png", "a/1.JPG", "a/x/3.png", "a.png", "a/notes.txt", ".hidden/4.png", "out/5.png"] {
      try scratch.write([1], name)
    }
    func found(_ input: String) throws -> [String] { try names([input]).map { String($0.dropFirst(root.count + 1)) } }
    #expect(try found(root) == ["a/1.JPG", "a/x/3.png", "a.png", "b/2.png", "out/5.png"])
    #expect(try found("\(root)/**/*.png") == ["a/x/3.png", "a.png", "b/2.png", "out/5.png"])
    #expect(try found("\(root)/?/*") == ["a/1.JPG", "a/notes.txt", "b/2.png"])
    #expect(try found("\(root)/[b-z]*/*.png") == ["b/2.png", "out/5.png"])
    let reader = try DatasetReader([root], list: nil, shard: nil, apartFrom: "\(root)/out") { false }
    var count = 0
    while try reader.next() != nil { count += 1 }
    #expect(count == 4)
    #expect(throws: ExplainingError.self) { try names(["\(root)/nowhere"]) }
  }

  @Test func `lists take lines or NUL characters, tables, and what is asked beside the name`() throws {
    let scratch = try Scratch()
    func entries(_ text: String, _ name: String) throws -> [DatasetEntry] {
      let reader = try DatasetReader([], list: scratch.write(Array(text.utf8), name), shard: nil) { false }
      var entries: [DatasetEntry] = []
      while let entry = try reader.next() { entries.append(entry) }
      return entries
    }
    let plain = try entries("a b.png\r\n\nc.png\ttabby\t1,2,3,4\tm.png\nd.png\t\t5,6,7,8", "plain.txt")
    #expect(plain.map(\.name) == ["a b.png", "c.png", "d.png"])
    #expect(plain[0].columns == .init())
    #expect(plain[1].columns == .init(target: "tabby", box: "1,2,3,4", mask: "m.png"))
    #expect(plain[2].columns == .init(box: "5,6,7,8"))
    let tabbed = try scratch.write([1], "tab\there.png")
    #expect(try entries("\(tabbed)\0b.png\0", "tabs.txt").map(\.name) == [tabbed, "b.png"])
    let nul = try entries("with\nline.png\0other.png\tcat\0", "nul.txt")
    #expect(nul.map(\.name) == ["with\nline.png", "other.png"] && nul[1].columns.target == "cat")
    let table = try entries("image,mask,target\n\"a,b.png\",m.png,\"the \"\"cat\"\"\"\nc.png,,3\n", "table.csv")
    #expect(table.map(\.name) == ["a,b.png", "c.png"])
    #expect(table[0].columns == .init(target: "the \"cat\"", mask: "m.png") && table[1].columns == .init(target: "3"))
    let json = try entries(#"{"path": "a.png", "target": 7, "box": [1, 2, 3.5, 4]}"#, "lines.jsonl")
    #expect(json[0].columns == .init(target: "7", box: "1,2,3.5,4"))
    // A line that says nothing is told in its turn, and the others are read.
    let bad = try entries("{nonsense}\n{\"path\": \"a.png\"}", "bad.jsonl")
    #expect(bad.count == 2 && bad[0].name.hasSuffix("bad.jsonl, line 1") && bad[1].name == "a.png")
    #expect(throws: (any Error).self) { try bad[0].bytes() }
    #expect(try entries("", "empty.txt").isEmpty)
  }

  @Test func `a hundred thousand names are read one by one`() throws {
    let scratch = try Scratch()
    let list = try scratch.write(Array((0..<100_000).map { "photos/\($0).jpg\n" }.joined().utf8), "long.txt")
    let all = try names([], list: list)
    #expect(all.count == 100_000 && all[99_999] == "photos/99999.jpg")
  }

  @Test func `archives of tar hold pictures with their classes, in all three dialects`() throws {
    let scratch = try Scratch(), picture = try Scratch.picture(3).pngData()
    let long = String(repeating: "folder/", count: 20) + "0002.png"
    var tar = TarWriter()
    tar.add("0001.png", picture)
    tar.add("0001.cls", Array("7\n".utf8))
    tar.add("0001.mask.png", picture)
    tar.addLong(long, picture)
    tar.addPax("päth/0003.jpg", [1, 2, 3])
    tar.add("notes.txt", [1])
    let path = try scratch.write(tar.finished, "shard.tar")
    let reader = try DatasetReader([path], list: nil, shard: nil) { false }
    var entries: [DatasetEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    #expect(entries.map(\.name) == ["\(path)/0001.png", "\(path)/\(long)", "\(path)/päth/0003.jpg"])
    #expect(entries[0].columns.target == "7" && entries[1].columns.target == nil)
    #expect(try entries[1].bytes() == picture && entries[2].bytes() == [1, 2, 3])
    // Cut short: what is whole is used, and that something is missing is told.
    let cut = try scratch.write(Array(tar.finished.prefix(6000 + picture.count)), "cut.tar")
    let some = try names([cut])
    #expect(some.first == "\(cut)/0001.png" && some.last == cut)
  }

  @Test func `arrays of pictures are gone through row by row`() throws {
    let scratch = try Scratch()
    let rasters = (0..<3).map { Scratch.picture($0) }
    let photographs = NumPyFile.header(shape: [3, 30, 40, 3], type: "|u1") + rasters.flatMap(\.samples)
    let path = try scratch.write(photographs, "images.npy")
    let reader = try DatasetReader([path], list: nil, shard: nil) { false }
    let task = try demoTask(saves: [.npy])
    var seen = 0
    while let entry = try reader.next() {
      #expect(entry.name == "\(path)[\(seen)]" && !entry.isArray)
      let bytes = try entry.bytes()
      #expect(bytes == rasters[seen].samples)
      seen += 1
    }
    #expect(seen == 3)
    // The same pixels as files come to the same maps.
    for index in 0..<3 { try scratch.write(rasters[index].pngData(), "photos/\(index).png") }
    let rows = try explain([path], by: task, into: "\(scratch.path)/rows").lines
    let files = try explain(["\(scratch.path)/photos"], by: task, into: "\(scratch.path)/files").lines
    for (row, file) in zip(rows, files) {
      guard case .explained(let a, _, _) = row.outcome, case .explained(let b, _, _) = file.outcome else {
        Issue.record("not explained")
        continue
      }
      let contents = [("rows", a), ("files", b)].map { folder, record in
        FileManager.default.contents(atPath: "\(scratch.path)/\(folder)/\(record.targets[0].methods[0].map!.file)")
      }
      #expect(contents[0] != nil && contents[0] == contents[1])
    }
    // A single array is no stack.
    let one = try scratch.write(NumPyFile.data(Tensor(repeating: 0, shape: [3, 4, 4])), "one.npy")
    #expect(try names([one]) == [one])
  }

  @Test func `half precision rounds as the standard says`() {
    func half(_ value: Float) -> UInt16 {
      let bytes = NumPyFile.halfData(Tensor([value], shape: [1])).suffix(2)
      return UInt16(bytes.first!) | UInt16(bytes.last!) << 8
    }
    let cases: [(Float, UInt16)] = [
      (0, 0), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (65504, 0x7BFF), (65520, 0x7C00), (1e9, 0x7C00),
      (.infinity, 0x7C00), (-.infinity, 0xFC00), (0.1, 0x2E66), (5.9604645e-8, 1), (2.9802322e-8, 0), (3e-8, 1),
      (6.097555e-5, 0x03FF), (6.1035156e-5, 0x0400), (1.00048828125, 0x3C00), (1.00146484375, 0x3C02),
      (Float(1e-40 as Double), 0),
    ]
    for (value, bits) in cases { #expect(half(value) == bits, "\(value)") }
    #expect(half(.nan) == 0x7E00)
  }
}

/// Writes tar archives as the programs of three standards do.
struct TarWriter {
  private var bytes: [UInt8] = []

  private mutating func member(_ name: String, _ content: [UInt8], kind: Character) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
    }
    put(String(decoding: name.utf8.prefix(100), as: UTF8.self), at: 0)
    put("0000644\0", at: 100)
    let size = String(content.count, radix: 8)
    put(String(repeating: "0", count: 11 - size.count) + size + "\0", at: 124)
    put("        ", at: 148)
    put(String(kind), at: 156)
    put("ustar\u{0}00", at: 257)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  mutating func add(_ name: String, _ content: [UInt8]) { member(name, content, kind: "0") }

  /// As GNU's tar does with long names.
  mutating func addLong(_ name: String, _ content: [UInt8]) {
    member("././@LongLink", Array(name.utf8) + [0], kind: "L")
    member(name, content, kind: "0")
  }

  /// As POSIX has it.
  mutating func addPax(_ name: String, _ content: [UInt8]) {
    let body = " path=\(name)\n", length = body.utf8.count + 2
    member("PaxHeaders/x", Array("\(length)\(body)".utf8), kind: "x")
    member("short", content, kind: "0")
  }

  var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
