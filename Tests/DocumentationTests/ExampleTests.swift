import Foundation
import Tensors
import Testing

/// The guides and the examples, as a reader follows them: built, installed and run by the command.
@Suite(.serialized, .enabled(if: Toolchain.has("swift", "bash"), "swift or bash is not on the PATH"))
struct ExampleTests {
  let command: Command

  init() throws { command = try Command() }

  @Test(arguments: ["Writing-a-Method", "Plugins"]) func `a page's own lines work from the first to the last`(
    page: String
  ) throws {
    try command.run(page: "Documentation/\(page).md")
    let list = try command.shell("ls *.png; limn plugin list")
    #expect(list.status == 0, "\(list.output)")
    #expect(list.output.contains("There are no plugins"), "the last line removes it: \(list.output)")
  }

  @Test func `a method of a plugin is a method like any other`() throws {
    try command.bring(example: "RootCAM")
    try command.run(page: "Documentation/Examples/RootCAM/README.md")
    let run = try command.shell(
      """
      limn explain rocket-and-moon --method root-cam -o root.npy
      limn explain rocket-and-moon --method grad-cam -o grad.npy
      limn explain rocket-and-moon --method 'root-cam * gradient' -o product.npy
      limn methods root-cam
      """)
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("RootCAM") && run.output.contains("layer"))
    // The same channels, with other weights.
    let (root, grad) = (try command.array("root.npy"), try command.array("grad.npy"))
    #expect(root.shape == grad.shape && root != grad)
    #expect(root.scalars.contains { $0 > 0 } && grad.scalars.contains { $0 > 0 })
    #expect(try command.array("product.npy").shape.count == 3)
  }

  @Test func `a format of a plugin opens its files by their content`() throws {
    try command.bring(example: "Darknet")
    try DarknetFiles.write(to: command.folder)
    try command.run(page: "Documentation/Examples/Darknet/README.md")
    let run = try command.shell(
      """
      cp tiny.cfg network.bin; cp tiny.weights network.weights
      limn explain image.npy --model network.bin --method grad-cam --target 0 -o grad.npy
      limn explain image.npy --model tiny.cfg --method cam --target 0 -o cam.npy
      limn explain image.npy --model tiny.cfg --method ablation-cam --target 0 -o ablation.npy
      limn explain image.npy --model tiny.cfg --method gradient --target 0 -o gradient.npy
      limn explain image.npy --model tiny.cfg --method 'occlusion(window=1, stride=1, baseline=zero)' --target 0 -o occlusion.npy
      limn layers --model tiny.cfg
      """)
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("0.relu") && run.output.contains("GlobalAveragePool"))
    try DarknetFiles.check(command)
    let damaged = try command.shell(
      "printf '[net]\\nchannels=x\\n' > bad.cfg; cp tiny.weights bad.weights; limn layers --model bad.cfg")
    #expect(damaged.status == 65 && damaged.output.hasPrefix("limn: bad.cfg: "), "\(damaged.output)")
  }

  @Test func `targets, rules and colour maps of a plugin are named like those built in`() throws {
    try command.bring(example: "Extras")
    try command.run(page: "Documentation/Examples/Extras/README.md")
    let run = try command.shell(
      """
      limn explain rocket-and-moon --target 'margin(prediction)' --method gradient -o margin.npy
      limn explain rocket-and-moon --target prediction --method gradient -o logit.npy
      limn explain rocket-and-moon --target 'margin(prediction)' --method 'gradient(rule=linear)' -o linear.npy
      limn explain rocket-and-moon --target prediction --method grad-cam --colormap dawn -o dawn.png
      limn explain rocket-and-moon --target prediction --method grad-cam -o viridis.png
      """)
    #expect(run.status == 0, "\(run.output)")
    let margin = try command.array("margin.npy")
    #expect(try margin != command.array("logit.npy"))
    #expect(try margin != command.array("linear.npy"))
    let pictures = try ["dawn.png", "viridis.png"].map {
      try Data(contentsOf: URL(fileURLWithPath: command.folder.path($0)))
    }
    #expect(pictures[0] != pictures[1])
    let wrong = try command.shell("limn explain rocket-and-moon --target 'margin(1, 2)'")
    #expect(wrong.status == 65 && wrong.output.contains("margin takes one class"), "\(wrong.output)")
  }
}
