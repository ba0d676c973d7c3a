import AttributionKit
import Foundation
import MethodCatalog
import Testing

@Suite struct HelpTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `Help names every subcommand but the developers' one`() throws {
    let run = try Command.run(["--help"], in: folder)
    #expect(run.status == 0)
    for name in ["compare", "explain", "predict", "layers", "methods", "networks", "plugin"] {
      #expect(run.output.contains("\n  \(name) "))
    }
    #expect(!run.output.contains("scenes "))
  }

  @Test(arguments: ["compare", "explain", "predict", "layers", "methods", "networks", "plugin", "scenes"])
  func `Every subcommand has help of its own`(name: String) throws {
    let run = try Command.run([name, "--help"], in: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("USAGE: limn \(name)"))
    #expect(run.errors.isEmpty)
  }

  @Test func `The version is a number of three parts`() throws {
    let run = try Command.run(["--version"], in: folder)
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines[0].split(separator: ".").compactMap { Int($0) }.count == 3)
    // The libraries that read pictures, and those that are missing.
    #expect(lines.count == 2 && lines[1].hasPrefix("pictures: ") && lines[1].contains("libtiff"))
  }

  @Test func `The table of methods holds all`() throws {
    let run = try Command.run(["methods"], in: folder)
    let lines = run.output.split(separator: "Ways to combine them")[0].split(separator: "\n").dropFirst()
    let titles = Set(MethodCatalog.methods.map(\.family.title))
    #expect(lines.filter { titles.contains(String($0)) }.count == titles.count)
    let names = lines.filter { !titles.contains(String($0)) }.compactMap { $0.split(separator: " ").first }
    #expect(names.map(String.init) == MethodCatalog.methods.map(\.identifier))
  }

  @Test func `A method's page cites its source and lists its parameters with their defaults`() throws {
    let run = try Command.run(["methods", "grad-cam"], in: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("1610.02391"))
    #expect(run.output.contains("layer"))
    #expect(run.output.split(separator: "\n").contains { $0.hasPrefix("counterfactual") && $0.contains("false") })
  }

  @Test func `What a method costs follows its parameters`() throws {
    let run = try Command.run(["methods", "integrated-gradients(steps=200)"], in: folder)
    #expect(run.output.contains("\nPasses of its own: 201 forward and 200 backward passes\n"))
    let json = try Command.run(["methods", "score-cam(top=32)", "--json"], in: folder)
    #expect(
      json.output.contains(#""cost":"32 forward passes""#) || json.output.contains(#""cost" : "32 forward passes""#))
  }

  @Test func `Output that nobody colours for holds no escape sequences`() throws {
    let run = try Command.run(["methods"], in: folder)
    #expect(!run.output.contains("\u{1B}"))
  }

  @Test func `Methods as JSON hold what the table holds`() throws {
    struct Method: Decodable { let kind: String, identifier: String, title: String, citation: String, cost: String }
    let run = try Command.run(["methods", "--json"], in: folder)
    let all = try JSONDecoder().decode([Method].self, from: Data(run.output.utf8))
    let methods = all.filter { $0.kind == "method" }
    #expect(methods.map(\.identifier) == MethodCatalog.methods.map(\.identifier))
    #expect(
      all.filter { $0.kind == "combination" }.map(\.identifier)
        == ["*"] + CombinationDescriptor.builtIn.map(\.identifier))
    #expect(methods.contains { $0.identifier == "grad-cam++" && $0.title == "Grad-CAM++" && $0.cost == "none" })
    #expect(methods.contains { $0.identifier == "score-cam" && $0.cost.contains("each channel") })
  }
}
