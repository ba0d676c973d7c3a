import ArgumentParser
import DemoNetwork
import Dispatch
import Explaining
import Foundation
import Serving

/// `limn serve`: a page to explain photographs from, and what programs can ask.
struct ServeCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Explain photographs and the camera in a browser, and answer programs in JSON.",
    discussion: """
      Serves the networks named, and no others unless --accept-models lets them be sent, until Ctrl-C. \
      A folder stands for the networks in it, unless it is one itself. \
      Without --model, the demo network and its scenes are served. Photographs in the folders named can be looked through, \
      each with what the network sees in it.

      Only this computer can ask, unless --host says otherwise; then a token in the address keeps others out. \
      Documentation/Serve.md describes the page, the addresses and the limits.
      """)

  @Argument(
    help: ArgumentHelp("Folders of photographs to look through, as --photos.", valueName: "folder"),
    completion: .directory)
  var folders: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Folders of photographs to look through, with the folders in them; nothing outside them is read.",
      valueName: "folder"), completion: .directory)
  var photos: [String] = []

  @Option(
    name: [.short, .long], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Networks: files, folders of transformers or timm, or folders that hold such; what a network's file does not say "
        + "stands in the manifest beside it.", valueName: "file"),
    completion: .file(extensions: ["onnx", "keras", "h5", "safetensors", "pth", "pt", "bin", "ckpt", "json"]))
  var model: [String] = []

  @Flag(
    help: """
      Take networks that are dropped on the page or sent: kept as data in a temporary folder until the server ends, never run as \
      programs. Without it, only those named are served.
      """)
  var acceptModels = false

  @Option(
    help: ArgumentHelp("The largest network that --accept-models takes; 600MB without it.", valueName: "size"))
  var modelSize: ByteCount?

  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "number"))
  var port = 8377

  @Option(
    help: ArgumentHelp(
      "The address to listen on; 0.0.0.0 lets other computers in that know the token.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp("The names of the classes, of every network named.", valueName: "file"), completion: .file())
  var labels: String?

  @Option(help: ArgumentHelp("How many threads to compute on; without it, one per core.", valueName: "number"))
  var threads: Int?

  @Option(
    help: ArgumentHelp("The most millions of pixels that a photograph may have; 48 without it.", valueName: "number"))
  var megapixels = 48

  @Option(
    help: ArgumentHelp("How long one request may be worked on; 300 without it.", valueName: "seconds"))
  var timeLimit = 300

  @Option(
    help: ArgumentHelp(
      "How many explanations are worked on at once; 1 without it. Sliders and cameras have a thread of their own.",
      valueName: "number"))
  var jobs = 1

  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port \(port): give a number from 0 to 65535") }
    guard (1...10_000).contains(megapixels) else {
      throw ValidationError("--megapixels \(megapixels): give a number from 1 to 10000")
    }
    guard (1...86_400).contains(timeLimit) else {
      throw ValidationError("--time-limit \(timeLimit): give a number of seconds from 1 to 86400")
    }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs \(jobs): give a number from 1 to 64") }
    guard modelSize == nil || acceptModels else {
      throw ValidationError("--model-size bounds what --accept-models takes, which is missing")
    }
    guard labels == nil || !model.isEmpty else {
      throw ValidationError("--labels names the classes of --model, which is missing")
    }
  }

  func run(with builtIn: Catalogue) throws {
    let catalogue = try builtIn.withAliases()
    let open = opener(in: catalogue), networks = try networks(open), photographs = try photographs()
    // What is wrong with the first is better told now than on a page.
    _ = try networks[0].open()
    var limits = Limits()
    (limits.pixels, limits.seconds, limits.jobs) = (megapixels * 1_000_000, timeLimit, jobs)
    let server: Server
    do {
      server = try Server(
        networks, folders: photographs,
        accepting: acceptModels
          ? NetworkAcceptance(mostBytes: modelSize?.bytes ?? 600_000_000) { try open($0, nil) } : nil,
        host: host, port: port, catalogue: catalogue, limits: limits)
    } catch {
      throw Failure.usage("\(error) (--host, --port)")
    }
    Console.say("Limn serves \(networks.map(\.name).joined(separator: ", ")) at \(server.address)")
    if server.token != nil {
      Console.note("whoever has this address can use this computer's processors: give it only to those you trust")
    }
    let ended = DispatchSemaphore(value: 0)
    Interruption.stops { ended.signal() }
    ended.wait()
    server.stop()
  }

  /// The networks named, each under a name of its own.
  private func networks(
    _ open: @escaping @Sendable (_ path: String?, _ demo: ModelOptions.Demo?) throws -> Explainer
  ) throws -> [ServedNetwork] {
    guard !model.isEmpty else {
      return [("demo", nil), ("demo-detector", ModelOptions.Demo.detector)].map { name, demo in
        ServedNetwork(name, scenes: DemoNetwork.scenes.map(\.picture)) { try open(nil, demo) }
      }
    }
    return Self.named(try model.flatMap(Self.files)).map { name, path in
      ServedNetwork(name, path: path) { try open(path, nil) }
    }
  }

  /// The folders of photographs, each under a name of its own.
  private func photographs() throws -> [PhotographFolder] {
    for path in folders + photos {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        throw isFolder.boolValue || !FileManager.default.fileExists(atPath: path)
          ? Failure.missingInput("there is no folder \(path)")
          : Failure.usage("\(path) is no folder of photographs: 'limn explain' explains a single one")
      }
    }
    return Self.named(folders + photos).map { PhotographFolder($0, path: $1) }
  }

  /// Paths by the last of their names, of which no two are alike.
  private static func named(_ paths: [String]) -> [(name: String, path: String)] {
    var names: [String: Int] = [:]
    return paths.map { path in
      let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
      names[name, default: 0] += 1
      return (names[name] == 1 ? name : "\(name) (\(names[name] ?? 0))", path)
    }
  }

  /// Opens the network at a path, or one of the program's own, with these options.
  private func opener(
    in catalogue: Catalogue
  ) -> @Sendable (_ path: String?, _ demo: ModelOptions.Demo?) throws -> Explainer {
    let (labels, threads, recipe) = (labels, threads, preprocessing.recipe)
    return { path, demo in
      var options = try ModelOptions.parse(path.map { ["--model", $0] } ?? [])
      (options.labels, options.threads, options.demo) = (labels, threads, demo)
      try options.validate()
      let file = try options.file(recipe)
      for named in options.files(with: file) { try named.check() }
      return try options.open(file, in: catalogue)
    }
  }

  /// The network of a path, or those in a folder that is none itself.
  private static func files(_ path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Failure.missingInput("there is no network \(path)")
    }
    let url = URL(fileURLWithPath: path)
    func holds(_ folder: URL) -> Bool {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("config.json").path)
    }
    guard isFolder.boolValue, !holds(url) else { return [path] }
    let endings: Set = ["onnx", "keras", "h5", "pt2", "pth", "pt", "safetensors"]
    let inside = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .filter { endings.contains($0.pathExtension.lowercased()) || $0.hasDirectoryPath && holds($0) }
      .map { (path as NSString).appendingPathComponent($0.lastPathComponent) }.sorted()
    guard !inside.isEmpty else {
      throw Failure.missingInput(
        "there is no network in the folder \(path); of photographs it is named before --model, or after --photos")
    }
    return inside
  }
}
