import ArgumentParser
import AttributionKit
import Datasets
import Evaluating
import Explaining
import Foundation
import Reporting

/// `limn batch`: a whole data set, on one machine or as one shard of many.
struct BatchCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "batch", abstract: "Explain a whole data set: any number of pictures, begun again where it stopped.",
    discussion: """
      Takes folders with all folders in them, patterns in quotes ('photos/**/*.jpg'), pictures, tar archives as WebDataset \
      has them, arrays of pictures (.npy, .npz), and lists. Run the same command again after it was ended, whatever ended it: \
      what is finished is not done again.

      Exit status: 0 all done; 3 done, but for pictures that could not be used; 75 try again (memory, disk, a signal); \
      64, 65, 66, 70, 73 do not try again.

      Examples:
        limn batch photos --model net.onnx -o maps
        limn batch --list names.txt --model net.onnx --methods grad-cam,lrp --save zarr,report -o maps
        limn batch photos --model net.onnx --shard 3/16 -o maps
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders, patterns, pictures, archives (.tar, .npz), arrays (.npy); - for a list on standard input.",
      valueName: "folder"), completion: .file())
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file that names pictures, a line each or ended by NUL characters; - for standard input.",
      discussion: "Columns after the name, parted by tabs: the target, the box left,top,right,bottom, the mask.",
      valueName: "file"), completion: .file())
  var list: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Methods") var methods: MethodsOptions
  @OptionGroup(title: "Methods") var compatibility: CompatibilityOption
  @OptionGroup(title: "Methods") var runtime: RuntimeOption
  @OptionGroup(title: "Objects") var objects: MaskOptions
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions

  @Option(
    name: [.customLong("metrics"), .customLong("metric")],
    help: ArgumentHelp(
      "Metrics that judge each map, separated by commas; none without it. `limn metrics` lists them.", valueName: "list"
    ))
  var metrics: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The folder for the results, made where it is not there.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp(
      """
      What is kept, separated by commas: npy, each map as an array; zarr, all maps of a method in one store; overlays, each \
      map over its photograph; report, a contact sheet; none, the numbers alone.
      """, valueName: "list"))
  var save = SavedList()

  @Option(name: .customLong("dtype"), help: "What numbers maps are stored in.")
  var numbers = DatasetTask.NumberFormat.float32

  @Option(
    help: ArgumentHelp(
      "Which part of the set to explain: 0/16 is the first of sixteen.",
      discussion: """
        Without it, what the scheduler says: SLURM_ARRAY_TASK_ID of SLURM_ARRAY_TASK_COUNT, or JOB_COMPLETION_INDEX; \
        LIMN_SHARDS is the number of all. `limn merge` joins the parts.
        """, valueName: "index/count"))
  var shard: String?

  @Flag(
    help: """
      Sum up the maps: a mean for each class, classes whose maps are of two kinds, the most remarkable pictures and those \
      that are seen alike.
      """)
  var summary = false

  @Flag(help: "Explain pictures again that are finished.")
  var again = false

  @Flag(help: "Print a line of JSON for each picture, in order, as soon as it is done.")
  var lines = false

  func validate() throws {
    if inputs.isEmpty, list == nil {
      throw ValidationError("which pictures? Name a folder, a list with --list FILE, or - for a list on standard input")
    }
  }

  func run(with builtIn: Catalogue) throws {
    let shard = try self.shard.map { try Shard($0) } ?? Shard(environment: ProcessInfo.processInfo.environment)
    let stop = StopSign()
    let reader = try DatasetReader(inputs, list: list, shard: shard, apartFrom: output) { stop.isSet }
    let workers = model.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let task = try task(in: compatibility.applied(to: builtIn), reader)
    Interruption.stops(by: stop.set)
    let run = DatasetRun(task, output: output, shard: shard, workers: workers, again: again)
    if let earlier = run.earlier {
      Console.note(
        "\(output) held the results of \(earlier.methods.map(\.expression).joined(separator: ", ")) by "
          + "\(earlier.network.name), or of other settings: its maps stay, its lists, stores and pages become this run's; "
          + "another folder keeps both")
    }
    let meter = BatchMeter(shard)
    let done: DatasetRun.Progress
    var coarse = 0, fitsNone = task.marked != nil
    do {
      done = try run.explain(reader, until: stop) { line, progress in
        if lines { Console.write(line.text + "\n") }
        if case .explained(let record, _, _) = line.outcome {
          coarse += record.targets.flatMap(\.methods).count { $0.storageError != nil }
        }
        if fitsNone, let marked = task.marked { fitsNone = !marked.areOf([Picture(line.image)]) }
        meter.report(progress)
      }
    } catch { throw Failure(batch: error) }
    meter.finish()
    if fitsNone, let masks = objects.masks {
      Console.note("\(masks) marks nothing in any of these pictures: it names others")
    }
    if coarse > 0 {
      Console.note(
        "\(coarse) maps hold numbers that float16 does not, and are stored with an error that their records tell: "
          + "--dtype float32 stores them as they are")
    }
    try tell(done)
  }

  private func tell(_ done: DatasetRun.Progress) throws {
    guard let manifest = done.manifest else {
      throw Failure.retry(
        "stopped by a signal after \(done.pictures) pictures: run the same command again, which goes on from there")
    }
    if !lines {
      let found = done.found > 0 ? ", of which \(done.found) were finished before" : ""
      Console.say("\(manifest.pictures) pictures: \(manifest.explained) explained\(found)")
      let shard = manifest.shard.map { "shards/\($0.folderName)/" } ?? ""
      let sheet = manifest.shard == nil && manifest.settings.saves.contains(.report) ? ", \(output)/report.html" : ""
      Console.say("Written: \(output)/\(shard)manifest.json, \(output)/\(manifest.results.file)\(sheet)")
    }
    guard manifest.unusable == 0 else {
      throw Failure.partial(
        "\(manifest.unusable) of \(manifest.pictures) pictures could not be used; \(output)/\(manifest.results.file) says why"
      )
    }
  }
}

extension BatchCommand {
  /// What is done with each picture; a mistake in it is told before any picture is read.
  private func task(in catalogue: Catalogue, _ reader: DatasetReader) throws -> DatasetTask {
    let style = try rendering.style(from: catalogue)
    var network = try model.file(preprocessing.recipe, layer: methods.layer.layer, score: target.score)
    var methods = methods
    methods.methods = methods.methods ?? "grad-cam"
    _ = try methods.expressions(from: catalogue, layer: network.layer)
    var question = try target.question(score: network.score)
    for file in model.files(with: network) { try file.check() }
    try question.region?.mask?.check()
    let marked = try objects.masks.map { try MarkedObjects($0) }
    let metrics =
      try metrics.map {
        try catalogue.metrics($0, marked: marked != nil || list != nil || inputs.contains("-"))
      } ?? []
    if let metric = metrics.first(where: { $0.isCollective || $0.descriptor.needsPeers }) {
      throw Failure.usage(
        "--metrics \(metric.identifier) holds photographs against each other, of which one after the other is kept here: "
          + "`limn evaluate` judges by it")
    }
    let identity = try identity(with: network), runtime = try runtime.opened()
    if !inputs.contains("-"), list != "-" { network.arrayShape = try reader.firstArrayShape() }
    // One picture on each processor: two on one processor each are done sooner than one on two after the other.
    network.threads = 1
    var explainer = try model.open(network, in: catalogue, asEmbedding: target.similarTo != nil)
    // The same for any number of workers: how many images are run together may show in the last digit.
    if model.memory == nil { explainer.memoryLimit = 128 << 20 }
    question.reference = try target.similarTo.map { try explainer.reference(Picture($0)) }
    if let note = explainer.recipeNote { Console.note(note) }
    var expressions = try methods.expressions(from: catalogue, layer: network.layer, on: explainer.model)
    _ = try explainer.defaultLayer()
    try requireUse(of: expressions, explainer)
    if let runtime { expressions = runtime.computing(expressions, on: explainer, model, threads: 1) }
    var task = DatasetTask(
      explainer, methods: expressions, metrics: metrics, question: marked != nil && target.isOpen ? nil : question,
      targets: target.texts, region: target.region.text, marked: marked,
      saves: save.saved.union(summary ? [.summary] : []), numbers: numbers,
      style: style,
      networkHash: try Self.hash(of: model.files(with: network).prefix(1).map(\.path)),
      identity: identity + ["\(explainer.memoryLimit)"] + (runtime.map { [$0.identity] } ?? []))
    task.runtime = runtime?.identity
    return task
  }

  /// A set of which no picture would have a map is not begun.
  private func requireUse(of methods: [MethodExpression], _ explainer: Explainer) throws {
    let unmet = methods.map { ($0, $0.unmetNeeds(by: explainer.model).first) }
    guard let reason = unmet.first?.1, unmet.allSatisfy({ $0.1 != nil }) else {
      for case (let method, let reason?) in unmet {
        Console.note("\(method.identifier) does not apply: \(reason.reason)")
      }
      return
    }
    throw Failure.badData("none of the methods applies to the network: \(reason.reason)")
  }

  /// What decides the results beside what the task itself knows.
  private func identity(with network: NetworkFile) throws -> [String] {
    let options: [String?] = [
      network.architecture, network.output, network.answer.map { "\($0)" }, target.similarTo, objects.masks,
    ]
    let files =
      model.files(with: network).dropFirst().map(\.path) + (target.similarTo.map { [$0] } ?? [])
      + (try question(network).region?.mask.map { [$0.path] } ?? [])
    let plugins = (plugins.files + PluginFolders.found(hidden: plugins.files)).sorted()
    return options.map { $0 ?? "" } + model.fixedInputs.map { "\($0.name)=\($0.path)" } + [
      try Self.hash(of: files), try Self.hash(of: plugins),
    ]
  }

  private func question(_ network: NetworkFile) throws -> Question { try target.question(score: network.score) }

  private static func hash(of files: [String]) throws -> String {
    var hash = SHA256()
    for path in files {
      do {
        try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe).withUnsafeBytes { hash.update($0) }
      } catch {
        throw Failure.missingInput("cannot read \(path): \(error.localizedDescription)")
      }
    }
    return hash.hex()
  }
}

extension Failure {
  /// Why a data set could not be gone through, by whether another attempt may do.
  init(batch error: any Error) {
    switch error {
    case let error as StorageError:
      self = error.mayPass ? .retry(error.description) : .cannotCreate(error.description)
    case let error as IncompleteSet: self = .retry(error.description)
    case let error as UnusableQuestion: self = Failure(error.reason)
    case let error as Failure: self = error
    default:
      let known = ExplainingError(error)
      // No memory for a picture, perhaps since other programs have it.
      self =
        known.description.contains("memory") && known.fault == .internalError
        ? .retry(known.description) : Failure(known)
    }
  }
}

/// What `--save` takes.
struct SavedList: ExpressibleByArgument {
  var saved: Set<DatasetTask.Saved> = [.npy, .report]

  init() {}

  init?(argument: String) {
    let words = argument.split(separator: ",").map { $0.trimmed.lowercased() }
    guard !words.isEmpty else { return nil }
    saved = []
    for word in words where words != ["none"] {
      guard let one = DatasetTask.Saved(rawValue: word) else { return nil }
      saved.insert(one)
    }
  }

  var defaultValueDescription: String { "npy,report" }
}
