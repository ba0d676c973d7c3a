import ArgumentParser
import AttributionKit
import Explaining
import Images
import Rendering
import Reporting
import Tensors

/// `limn explain`: one method, one map for each image.
struct ExplainCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain images by one method, each as a picture, an array or a report.",
    discussion: """
      Examples:
        limn explain photo.jpg --model net.onnx --target 'tabby - tiger cat'
        limn explain photo.jpg --model net.onnx --method 'grad-cam(layer=conv[-2])' -o map.npy
        limn explain *.jpg --model net.onnx -o 'maps/{}.npy'
      """)

  @Argument(
    help: ArgumentHelp(
      """
      Photographs (PNG, JPEG, TIFF, WebP …; - for standard input), arrays (.npy) in the network's input shape, volumes \
      (.nii, .nii.gz); for the demo network, also scenes.
      """,
      valueName: "image"), completion: .file())
  var images: [String]

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Method") var method: MethodOption
  @OptionGroup(title: "Method") var randomization: RandomizationOptions
  @OptionGroup(title: "Method") var compatibility: CompatibilityOption
  @OptionGroup(title: "Method") var runtime: RuntimeOption
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      """
      Where the result goes: .png or .jpg for the overlay at the photograph's size, .pdf or .svg for a captioned \
      figure, .html for a page to operate, .npy (or .npz) for the signed values, .json for the report; of a volume or \
      film also .nii.gz and .gif.
      """,
      discussion: """
        A folder takes photo-grad-cam.png; of several images, {} in a name stands for each one's own: 'maps/{}.npy'. \
        Without it, photo-grad-cam.png in the current folder.
        """, valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Where the map goes as a grey picture of the photograph's size: 16 bits from nothing to the maximum, or, with --boxes, "
        + "white where it reaches that share.",
      discussion: "Of several images, {} in the name stands for each one's own.",
      valueName: "file.png"))
  var mask: String?

  @Flag(help: "Print the report as JSON; nothing is then written without -o.")
  var json = false

  @Flag(help: "Show the overlay in the terminal; nothing is then written without -o.")
  var show = false

  @OptionGroup var opening: OpenOption

  func validate() throws {
    guard !json || !show else {
      throw ValidationError("--json and --show both write to standard output: give one of them")
    }
  }

  func run(with builtIn: Catalogue) throws {
    let catalogue = compatibility.applied(to: builtIn)
    let style = try rendering.style(from: catalogue)
    let network = try model.file(preprocessing.recipe, layer: method.layer.layer, score: target.score)
    var expression = try randomization.alone(method.expression(from: catalogue, layer: network.layer))
    let inputs = try images + model.paths(with: network) + target.files()
    var files = try outputPaths(expression).map { try OutputFile($0, apartFrom: inputs) }
    let masks = try maskPlaces(apartFrom: inputs + files.map(\.path))
    let runtime = try runtime.opened()
    let work = try Workload(images: images, of: network, model, target, in: catalogue)
    try rendering.check(for: work.explainer)
    guard work.explainer.attributedInputs.count == 1 else {
      throw Failure.usage("'explain' draws one map; `limn compare` draws a row for each input of --attribute")
    }
    if method.method == nil, work.explainer.usualMethod != Explainer.usualMethod {
      expression = try randomization.alone(
        method.expression(from: catalogue, layer: network.layer, usual: work.explainer.usualMethod))
      files = try outputPaths(expression).map { try OutputFile($0, apartFrom: inputs) }
    }
    // A layer that is not there is an error, whatever the method.
    _ = try work.explainer.defaultLayer()
    if let runtime {
      expression = runtime.computing([expression], on: work.explainer, model, threads: model.threads)[0]
    }
    let progress = ProgressLine()
    var (reports, bad, isFirst) = ([Report](), BadPictures(of: work.queue), true)
    let refusal = "'explain' draws one map for one target; `limn compare` draws a row for each"
    for (index, shown) in work.queue.pictures.enumerated() {
      let answered = try bad.trying(shown, when: \.isAboutPicture) { try work.answer(at: index, progress) }
      guard let answered,
        // What is wrong with a question is wrong with it for every picture, the places asked about aside.
        let inquiry = try bad.trying(
          shown, when: \.isAboutPlaces,
          {
            try work.onlyInquiry(about: answered, at: index, otherwise: refusal)
          })
      else { continue }
      if isFirst { try work.noteEstimate(answered, by: [expression]) }
      isFirst = false
      let entry = try inquiry.explained(by: [expression]).entries[0]
      progress.finish()
      let attribution = try entry.outcome.get(), file = files.isEmpty ? nil : files[index]
      if show { try TerminalPicture.show(inquiry.overlay(of: attribution, style: style)) }
      if let file {
        if let figure = file.writer as? FigureWriter, figure.format == .pdf || figure.format == .svg {
          for note in inquiry.captionNotes { Console.note(note) }
        }
        try file.write(file.writer.data(of: entry, in: inquiry, style: style))
      }
      if !masks.isEmpty {
        try masks[index].write(inquiry.mask(of: attribution, above: style.regionsAbove).pngData())
      }
      if json {
        reports.append(Report(entry, of: inquiry, regionsAbove: style.regionsAbove))
      } else {
        summarize(inquiry, entry, attribution, file)
      }
    }
    if json { try images.count == 1 ? JSONOutput.show(reports[0]) : JSONOutput.show(reports) }
    for file in files where bad.failure == nil { opening.show(file.path) }
    if let failure = bad.failure { throw failure }
  }

  /// One for each image; none where only standard output is wanted.
  private func outputPaths(_ expression: MethodExpression) throws -> [String] {
    if json || show && !opening.open, output == nil { return [] }
    // Long expressions end early, since names of files have at most 255 bytes.
    let names = expression.names.joined(separator: "-").prefix(60)
    return try OutputFile.paths(for: images, suffix: String(names), at: output)
  }

  /// One for each image; none where no mask is asked for.
  private func maskPlaces(apartFrom files: [String]) throws -> [OutputPlace] {
    guard let mask else { return [] }
    return try OutputFile.paths(for: images, suffix: "mask", at: mask).map { path in
      guard path.lowercased().hasSuffix(".png") else {
        throw Failure.usage("--mask \(path): masks are written as .png")
      }
      return try OutputPlace(path, apartFrom: files)
    }
  }

  private func tell(_ regions: [MapRegion]) {
    var table = Table(
      ["Part", "Left", "Top", "Right", "Bottom", "Area", "Evidence", "Middle"], numbers: [0, 1, 2, 3, 4, 5, 6])
    for (index, region) in regions.prefix(10).enumerated() {
      table.append(
        ["\(index + 1)"] + [region.left, region.top, region.right, region.bottom, region.area].map(String.init)
          + [
            Wording.percent(region.share),
            "\(Wording.fixed(region.centroidX, places: 1)), \(Wording.fixed(region.centroidY, places: 1))",
          ])
    }
    table.show()
    if regions.count > 10 { Console.say("and \(regions.count - 10) more") }
  }

  private func summarize(
    _ inquiry: Inquiry, _ entry: Comparison.Entry, _ attribution: Attribution, _ file: OutputFile?
  ) {
    Console.say(inquiry.summary)
    Console.say("Target: \(inquiry.title)")
    Console.say("Layer: \(inquiry.description(of: attribution.layer))")
    if attribution.coverage != nil { Console.say("Guided: \(Wording.place(of: attribution))") }
    Console.say("Range: \(Wording.range(attribution.range)) on \(Wording.extent(attribution.values.shape))")
    if let completeness = attribution.completeness {
      Console.say("Completeness: \(Wording.completeness(completeness))")
    }
    for remark in attribution.remarks { Console.note(remark) }
    if let status = entry.status, let hint = entry.hint { Console.note("\(status.rawValue): \(hint)") }
    if let share = rendering.regions { tell(inquiry.regions(of: attribution, above: share)) }
    if let file { Console.say("Written: \(file.path)") }
  }
}
