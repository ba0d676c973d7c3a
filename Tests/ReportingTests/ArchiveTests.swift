import AttributionKit
import Explaining
import Foundation
import Images
import Reporting
import Tensors
import Testing
import TestSupport

/// NumPy's archives of arrays.
@Suite struct ArchiveTests {
  let explained: [Explained]

  init() throws {
    explained = try Example.explainer().explain(
      Example.picture, Example.array, targets: ["dog", "cat"], methods: "grad-cam, gradient, cam(layer=nosuch)")
  }

  @Test func `an archive holds every attribution by picture, target and method`() throws {
    let sheet = try Sheet(of: explained, contents: .arrays)
    let entries = try Self.entries(of: ArchiveWriter().data(of: sheet))
    let names = ["photo.jpg", "array.npy"].flatMap { picture in
      ["dog", "cat"].flatMap { target in ["grad-cam", "gradient"].map { "\(picture)/\(target)/\($0).npy" } }
    }
    #expect(entries.map(\.name) == names)
    let values = explained.flatMap { $0.attributions.map(\.values) }
    for (entry, values) in zip(entries, values) { #expect(entry.bytes == NumPyFile.data(values), "\(entry.name)") }
  }

  @Test func `the same arrays make the same bytes, those of one name are numbered`() throws {
    let once = try Sheet(of: explained, contents: .arrays),
      twice = try Sheet(of: explained + explained, contents: .arrays)
    #expect(try ArchiveWriter().data(of: once) == ArchiveWriter().data(of: once))
    let names = try Self.entries(of: ArchiveWriter().data(of: twice)).map(\.name)
    #expect(Set(names).count == 16 && names[8] == "photo.jpg/dog/grad-cam (2).npy")
  }

  @Test func `one attribution is an archive of one`() throws {
    let one = explained[0]
    let bytes = try ArchiveWriter().data(of: one.entries[1], in: one.inquiry, style: DrawingStyle())
    #expect(try Self.entries(of: bytes).map(\.name) == ["photo.jpg/dog/gradient.npy"])
    #expect(throws: (any Error).self) {
      try ArchiveWriter().data(of: one.entries[2], in: one.inquiry, style: DrawingStyle())
    }
  }

  /// The entries of a zip archive that are not compressed, by its format: a header of thirty bytes before each.
  private static func entries(of archive: [UInt8]) throws -> [(name: String, bytes: [UInt8])] {
    func number(_ offset: Int, _ count: Int) -> Int {
      archive[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var entries: [(name: String, bytes: [UInt8])] = []
    var offset = 0
    while number(offset, 4) == 0x0403_4B50 {
      try #require(number(offset + 8, 2) == 0, "it is not compressed")
      let name = offset + 30, start = name + number(offset + 26, 2) + number(offset + 28, 2)
      let end = start + number(offset + 18, 4)
      entries.append(
        (String(decoding: archive[name..<name + number(offset + 26, 2)], as: UTF8.self), Array(archive[start..<end])))
      offset = end
    }
    return entries
  }
}
