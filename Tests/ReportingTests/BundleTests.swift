import AttributionKit
import Explaining
import Foundation
import Images
import Reporting
import Testing
import TestSupport

/// Folders with everything a sheet is made of.
@Suite struct BundleTests {
  let explained: [Explained]

  init() throws {
    explained = try Example.explainer().explain(
      Example.picture, targets: ["dog", "cat"], methods: "grad-cam, gradient, cam(layer=nosuch)")
  }

  @Test func `a bundle holds the page, the sheet, and of each method its values, picture and report`() throws {
    let folder = try TemporaryFolder()
    try SheetBundle(of: Sheet(of: explained, contents: SheetBundle.needs), command: "limn").write(to: folder.path("b"))
    let manifest = try ReportJSON.decode(SheetBundle.Manifest.self, from: Data(folder.bytes("b/manifest.json")))
    #expect(manifest.command == "limn" && manifest.entries.count == 6)
    #expect(try folder.bytes("b/" + manifest.page).starts(with: "<!doctype html>".utf8))
    #expect(try folder.bytes("b/" + manifest.sheet).starts(with: [0x89, 0x50]))
    for (index, entry) in manifest.entries.enumerated() {
      let one = explained[index / 3]
      let report = try ReportJSON.decode(Report.self, from: Data(folder.bytes("b/" + entry.report)))
      #expect(report == one.reports[index % 3] && entry.method == report.method.expression)
      guard index % 3 < 2 else {
        #expect(entry.values == nil && entry.picture == nil && report.error != nil)
        continue
      }
      let values = try NumPyFile.read(contentsOf: folder.path("b/" + (entry.values ?? "")))
      #expect(values == one.attributions[index % 3].values)
      #expect(try Raster(contentsOf: folder.path("b/" + (entry.picture ?? ""))).width > 0)
    }
    #expect(manifest.entries[1].report == "maps/002-photo-dog-gradient.json")
  }

  @Test func `an earlier bundle is replaced, a folder of other files is not touched`() throws {
    let folder = try TemporaryFolder(), bundle = try SheetBundle(of: Sheet(of: explained, contents: SheetBundle.needs))
    try bundle.write(to: folder.path("b"))
    try SheetBundle.check(folder.path("b"))
    try bundle.write(to: folder.path("b"))
    try folder.write("mine", to: "own.txt")
    #expect(throws: ExplainingError.self) { try SheetBundle.check(folder.path(".")) }
  }

  @Test func `what is cut short leaves no manifest`() throws {
    let folder = try TemporaryFolder()
    try SheetBundle(of: Sheet(of: explained, contents: SheetBundle.needs)).write(to: folder.path("b"))
    // Without drawings there is no sheet.
    let half = try SheetBundle(of: Sheet(of: explained, contents: [.reports, .arrays, .page]))
    #expect(throws: ExplainingError.self) { try half.write(to: folder.path("b")) }
    #expect(!FileManager.default.fileExists(atPath: folder.path("b/manifest.json")))
  }
}
